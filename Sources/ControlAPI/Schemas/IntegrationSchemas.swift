import Domain
import JSONCoding
import JSONRPC

extension ControlAPI {
    static let integrationSchemas: [String: JSONSchema] = [
        "Function": .object(functionMembers, closed: false),
        "CreatedFunction": .object(functionMembers + [signingSecret], closed: false),
        "Webhook": .object(webhookMembers, closed: false),
        "CreatedWebhook": .object(webhookMembers + [signingSecret], closed: false),
    ]

    private static let signingSecret = JSONSchema.Member.optional(
        "secret", .string(), "`whsec_…`, with which calls are signed; shown this once.")

    private static let changes: [JSONSchema.Member] = [
        .required("enabled", .boolean),
        .required(
            "revision", .integer(0 ... .max), "The global config revision of its last change; takes `fleet.wait`."),
        .required("createdAt", .timestamp), .required("updatedAt", .timestamp),
    ]

    private static let functionMembers: [JSONSchema.Member] =
        [
            .required("id", .identifier()), .required("tenantId", .identifier()),
            .required("name", FunctionParams.name), .required("description", .string()),
            .required("parameters", .anyObject, "JSON Schema of the arguments."), .required("url", .string()),
            .required("timeoutMs", .integer(0 ... .max)),
        ] + changes

    private static let webhookMembers: [JSONSchema.Member] =
        [
            .required("id", .identifier()), .required("tenantId", .identifier()), .required("url", .string()),
            .required("events", .array(of: .oneOf(EventType.self))),
            .required("headerNames", .array(of: .string()), "Further headers, without their values."),
        ] + changes
}
