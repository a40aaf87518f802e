import Domain
import JSONCoding
import JSONRPC

extension ControlAPI {
    static let messageSchemas: [String: JSONSchema] = [
        "NormalizedMessage": normalizedMessage, "MessageContent": messageContent, "Message": message,
        "Conversation": conversation,
    ]

    private static let uuid = JSONSchema.string(format: "uuid")

    private static let normalizedMessage = JSONSchema.object(
        [
            .required("id", uuid, "UUIDv7."), .required("tenantId", .identifier()),
            .required("channelId", .identifier()), .required("channel", .oneOf(ChannelType.self)),
            .required("conversationId", .string(1...512)),
            .optional("externalId", .string(1...512), "The platform's own id: wamid, mid, the visitor's `id`."),
            .required("direction", .oneOf(Direction.self)), .required("from", .string(0...512)),
            .optional("to", .string(0...512)), .required("timestamp", .timestamp),
            .required("type", .oneOf(MessageType.self)), .required("content", .shared("MessageContent")),
            .optional("position", .integer(0 ... .max), "Its place in the conversation, rising."),
            .optional("metadata", .anyObject),
        ], closed: false)

    private static let messageContent = JSONSchema.object(
        [
            .optional("text", .string(0...65_536)), .optional("media", media), .optional("location", location),
            .optional("quickReplies", .array(of: .shared("QuickReply"), max: 100)),
            .optional("reply", .shared("QuickReply"), "The choice a person made."),
            .optional("contacts", .array(of: .any, max: 100), "As the platform sent them."),
            .optional("reaction", reaction),
        ], closed: true)

    private static let media = JSONSchema.object(
        [
            .required("url", .string(1...4096)), .required("mimeType", .string(1...255)),
            .optional("filename", .string(0...1024)), .optional("caption", .string(0...4096)),
            .optional("sha256", .string(0...128)), .optional("size", .integer(0 ... .max), "Bytes."),
        ], closed: true)

    private static let location = JSONSchema.object(
        [
            .required("latitude", .number(-90...90)), .required("longitude", .number(-180...180)),
            .optional("name", .string(0...1024)), .optional("address", .string(0...1024)),
        ], closed: true)

    private static let reaction = JSONSchema.object(
        [
            .optional("messageId", uuid, "Our id of the message reacted to, when known."),
            .required("externalId", .string(1...512)),
            .required("emoji", .string(0...64), "Empty when the reaction was taken back."),
        ], closed: true)

    private static let message = JSONSchema.all(
        .shared("NormalizedMessage"),
        .object(
            [
                .required(
                    "status",
                    .oneOf(
                        DeliveryStatus.allCases.map(\.rawValue)
                            + InboundOutcome.allCases.map(\.rawValue)),
                    "Outbound: how far it came. Inbound: what became of it."),
                .optional("reason", .string(), "Of a failure."),
                .optional("code", .integer(), "Of a failure: the platform's code."),
                .optional("text", .string(), "Of a failure: the platform's text."),
                .optional("answers", uuid, "Of an answer: the inbound message it answers."),
            ], closed: false))

    private static let conversation = JSONSchema.object(
        [
            .required("conversationId", .string(1...512)), .required("channelId", .identifier()),
            .required("tenantId", .identifier()), .required("channel", .oneOf(ChannelType.self)),
            .required("status", .oneOf(Conversation.Status.self)), .optional("agent", .string()),
            .required("userId", .string(), "The customer, by the platform's name."),
            .required("lastMessageAt", .timestamp), .required("lastPosition", .integer(0 ... .max)),
            .required("unread", .integer(0 ... .max), "Inbound messages since a person last looked or wrote."),
            .required("createdAt", .timestamp),
        ], closed: false)
}
