import Domain
import JSONCoding
import JSONRPC

extension ControlAPI {
    static let configSchemas: [String: JSONSchema] = [
        "Tenant": tenant, "TenantSettings": tenantSettings, "Channel": channel,
        "WhatsAppConfig": whatsAppConfig, "MessengerConfig": messengerConfig, "WebChatConfig": webChatConfig,
        "QuickReply": quickReply, "SecretSummary": secretSummary, "Secret": secret, "SealedSecret": sealedSecret,
        "Node": node, "Document": document, "DocumentSummary": documentSummary, "Passage": passage,
        "ConfigEvent": configEvent, "ConfigSnapshot": configSnapshot,
    ]

    private static let revision = JSONSchema.Member.required(
        "revision", .integer(0 ... .max), "The global config revision of its last change; takes `fleet.wait`.")

    private static let tenant = JSONSchema.object(
        [
            .required("id", .identifier()), .required("name", .string()),
            .required("settings", .shared("TenantSettings")), .required("enabled", .boolean), revision,
            .required("createdAt", .timestamp), .required("updatedAt", .timestamp),
        ], closed: false)

    private static let channel = JSONSchema.object(
        [
            .required("id", .identifier()), .required("tenantId", .identifier()),
            .required("type", .oneOf(ChannelType.self)), .required("name", JSONSchema.string().orNull),
            .required("config", channelConfig), .required("enabled", .boolean), revision,
            .required("createdAt", .timestamp), .required("updatedAt", .timestamp),
            .optional(
                "secrets", .map(of: .shared("SecretSummary")),
                "By name; in config events and snapshots absent."),
        ], closed: false)

    /// Of a channel of any type; which of them applies follows from `type`.
    static let channelConfig = JSONSchema([
        "anyOf": [
            JSONSchema.shared("WhatsAppConfig").json, JSONSchema.shared("MessengerConfig").json,
            JSONSchema.shared("WebChatConfig").json,
        ]
    ])

    private static let graphVersion = JSONSchema.Member.optional(
        "graphVersion", .string(pattern: "^v[0-9]{1,3}\\.[0-9]{1,3}$"), "Graph API version.")
    private static let partitions = JSONSchema.Member.optional(
        "partitions", .integer(1...64).withDefault(1), "Queues in each direction.")

    private static let whatsAppConfig = JSONSchema.object(
        [
            .required("phoneNumberId", .identifier()), .required("businessAccountId", .identifier()),
            .optional(
                "webhookVerifyToken", .string(1...256), "The secret of the same name wins; then the environment."),
            graphVersion, partitions,
            .optional(
                "messagesPerSecond", JSONSchema(["type": "number", "exclusiveMinimum": 0, "maximum": 100_000]),
                "What this number may send; default 80."),
        ], closed: true)

    private static let messengerConfig = JSONSchema.object(
        [
            .required("pageId", .identifier()),
            .optional("verifyToken", .string(1...256), "The secret of the same name wins; then the environment."),
            graphVersion, partitions,
        ], closed: true)

    private static let webChatConfig = JSONSchema.object(
        [
            .optional("enabled", JSONSchema.boolean.withDefault(true)),
            .optional(
                "allowedOrigins", .array(of: .string(1...300), max: 200),
                "Empty: the node's own origin and clients that send none; `*`: all."),
            .optional("token", .string(1...256), "The secret of the same name wins."),
            .optional(
                "theme",
                .object(
                    ["primaryColor", "backgroundColor", "textColor", "borderRadius"].map {
                        .optional($0, .string(0...64))
                    } + [.optional("showBranding", .boolean), .optional("mode", .oneOf(["light", "dark", "auto"]))],
                    closed: true)),
            .optional("initialMessage", .string(0...4096)),
            .optional("quickReplies", .array(of: .shared("QuickReply"), max: 13)),
            .optional("locale", .string(2...35), "A BCP 47 tag."), .optional("agentName", .string(0...200)),
            .optional("composerPlaceholder", .string(0...200)),
        ], closed: true)

    private static let quickReply = JSONSchema.object(
        [.required("title", .string(1...256)), .required("payload", .string(0...1024))], closed: true)

    private static let secretSummary = JSONSchema.object(
        [
            .required("fingerprint", .string(), "Tells two values apart without telling either."),
            .required("keyId", .string(), "The master key that sealed it."), .required("updatedAt", .timestamp),
        ], closed: false)

    private static let secret = JSONSchema.object(
        [
            .required("name", .string()), .optional("channelId", .identifier(), "Absent for a tenant's own secret."),
            .required("fingerprint", .string(), "Tells two values apart without telling either."),
            .required("keyId", .string(), "The master key that sealed it."), .required("updatedAt", .timestamp),
            revision,
            .optional(
                "previousAcceptedUntil", .timestamp, "Until then the value before is accepted for verification."),
        ], closed: false)

    private static let sealedMembers: [JSONSchema.Member] = [
        .required("keyId", .string(1...64), "The master key that sealed it."),
        .required("nonce", .string(16...16), "12 bytes in base64."),
        .required("ciphertext", .string(), "AES-256-GCM in base64, the tag at the end."),
    ]

    private static let sealedSecret = JSONSchema.object(
        [
            .required("tenantId", .identifier()), .required("channelId", JSONSchema.identifier().orNull),
            .required("name", .string()),
        ] + sealedMembers + [
            .required("fingerprint", .string()), revision, .required("updatedAt", .timestamp),
            .optional(
                "previous",
                .object(sealedMembers + [.required("acceptedUntil", .timestamp)], closed: false)),
        ], closed: false
    ).described("Associated data of the sealed value: `tenantId/channelId/name`, an absent channelId as empty.")

    private static let node = JSONSchema.object(
        [
            .required("id", .identifier(max: 40)), .required("roles", .array(of: .oneOf(NodeReport.Role.self))),
            .required("advertiseUrl", .string()), .required("version", .string()),
            .required("revision", .integer(0 ... .max), "The config revision it runs."),
            .required("configHash", .string(), "Digest of the config it runs; equal on nodes of one revision."),
            .required("status", .oneOf(NodeReport.Status.self)),
            .optional("error", .string(), "Why it failed: what it refused."),
            .required("startedAt", .timestamp), .required("lastSeenAt", .timestamp),
            .required("sockets", .integer(0 ... .max)), .required("inFlight", .integer(0 ... .max)),
        ], closed: false)

    private static let documentMembers: [JSONSchema.Member] = [
        .required("id", .identifier()), .required("tenantId", .identifier()), .required("title", .string()),
        .required("mimeType", .string()), .required("metadata", .anyObject),
        .required("version", .integer(1 ... .max), "Rises with each put."), .required("chunks", .integer(0 ... .max)),
        .required("status", .oneOf(["indexed"])), .required("createdAt", .timestamp),
        .required("updatedAt", .timestamp),
    ]

    private static let documentSummary = JSONSchema.object(documentMembers, closed: false)
    private static let document = JSONSchema.object(
        documentMembers + [.required("content", .string(), "Plain text, extracted from what was put.")],
        closed: false)

    private static let passage = JSONSchema.object(
        [
            .required("documentId", .identifier()), .required("title", .string()), .required("snippet", .string()),
            .required("score", .number(), "0 to 1, for ordering."),
            .required("kind", .oneOf(["keyword", "vector", "hybrid"])),
        ], closed: false)

    private static let configEvent = JSONSchema.object(
        [
            .required("revision", .integer(1 ... .max), "Consecutive over all changes."),
            .required("entity", .oneOf(ConfigEvent.Entity.self)), .required("op", .oneOf(ConfigEvent.Operation.self)),
            .required("id", .string(), "The entity's id; of a secret `channelId/name`, `/name` for a tenant's own."),
            .required("tenantId", .identifier()),
            .required(
                "data",
                JSONSchema([
                    "anyOf": [
                        JSONSchema.shared("Tenant").json, JSONSchema.shared("Channel").json,
                        JSONSchema.shared("SealedSecret").json, JSONSchema.null.json,
                    ]
                ]), "The entity as it is now; null on delete."),
        ], closed: false)

    private static let configSnapshot = JSONSchema.object(
        [
            .required("revision", .integer(0 ... .max)), .required("tenants", .array(of: .shared("Tenant"))),
            .required("channels", .array(of: .shared("Channel"))),
            .required("secrets", .array(of: .shared("SealedSecret"))),
            .required("functions", .array(of: .shared("Function"))),
            .required("webhooks", .array(of: .shared("Webhook"))),
            .optional("unchanged", .boolean, "Nothing is newer than `sinceRevision`; the lists are empty."),
        ], closed: false)
}
