import Domain
import JSONCoding
import JSONRPC

extension ControlAPI {
    static let accessSchemas: [String: JSONSchema] = [
        "Token": .object(tokenMembers, closed: false),
        "CreatedToken": .object(
            tokenMembers + [.optional("token", .string(), "The token itself, shown this once.")], closed: false),
        "AuditEntry": auditEntry,
    ]

    private static let tokenMembers: [JSONSchema.Member] = [
        .required("id", .identifier()), .required("name", .string()), .required("role", .oneOf(Role.self)),
        .optional("tenantId", .identifier(), "The one tenant that a token of role tenant is for."),
        .required("createdAt", .timestamp), .optional("expiresAt", .timestamp, "Absent: until it is revoked."),
    ]

    private static let auditEntry = JSONSchema.object(
        [
            .required("id", .string(), "Rises with time."), .required("at", .timestamp),
            .required(
                "actor",
                .object(
                    [
                        .required("id", .string(), "A token's id, or `env:…` for the environment's."),
                        .required("name", .string()), .required("role", .oneOf(Role.self)),
                    ], closed: false)),
            .required("method", .string()), .required("entity", .string()), .required("entityId", .string()),
            .optional("tenantId", .identifier()), .optional("channelId", .identifier()),
            .required(
                "changed", .array(of: .string()), "Members that are not as they were, such as `config.graphVersion`."),
            .required("remoteAddress", .string()),
        ], closed: false)
}
