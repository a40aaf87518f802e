package import Domain
import JSONCoding
import JSONRPC

package enum ConversationGet {
    package struct Params: Sendable {
        package var key: ConversationKey

        static let members: [JSONSchema.Member] = [
            .required("conversationId", .string(1...512)), .required("channelId", .identifier()),
        ]

        init?(_ object: JSONObjectReader) {
            guard let key = ConversationKey(params: object) else { return nil }
            self.key = key
        }
    }

    package static let method = ControlMethod<Params, Conversation>(
        "conversation.get", .read, "Gives a conversation.", params: Params.members,
        result: .shared("Conversation"), errors: [.notFound],
        example: .init(
            params: ["conversationId": "acme-whatsapp:4915112345678", "channelId": "acme-whatsapp"],
            result: Examples.conversation),
        read: Params.init, write: { $0.json })
}

extension ConversationKey {
    /// Reads the pair that names a conversation everywhere.
    init?(params object: JSONObjectReader) {
        let conversationID = object.required("conversationId") { $0.string(1...512) }
        let channelID = object.required("channelId") { $0.identifier() }
        guard let conversationID, let channelID else { return nil }
        self.init(channelID: channelID, conversationID: conversationID)
    }
}
