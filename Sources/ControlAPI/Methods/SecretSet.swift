package import Domain
import JSONCoding
import JSONRPC

package enum SecretSet {
    package struct Params: WriteParams {
        package var tenantID: String
        /// nil: a secret of the tenant itself.
        package var channelID: String?
        package var secret: SecretInput
        /// Seconds for which the value before is still accepted for verification.
        package var graceSeconds: Int64
        package var ifRevision: Int64?
        package var idempotencyKey: String?

        package var key: SecretKey { SecretKey(tenantID: tenantID, channelID: channelID, name: secret.name) }
    }

    package static let method = ControlMethod<Params, SecretSummary>(
        "secret.set", .write, "Sets a secret's value.",
        details: """
            During the grace period the value before is still accepted where a secret verifies what comes in: app \
            secrets, verify tokens, webchat tokens. It has no meaning for the others. Does not raise the channel's \
            revision.
            """,
        params: [
            CommonParams.tenantID,
            .required("name", .string(1...64)), .required("value", .string(1...SecretInput.maxLength)),
            .optional("channelId", .identifier(), "Absent for a tenant's own secret, such as `llm.apiKey`."),
            .optional("graceSeconds", .integer(0...2_592_000).withDefault(0)), CommonParams.ifRevision,
            CommonParams.idempotencyKey,
        ],
        result: .shared("Secret"), errors: [.notFound, .conflict],
        example: .init(
            params: [
                "tenantId": "acme", "channelId": "acme-whatsapp", "name": "appSecret", "value": "the app's new secret",
                "graceSeconds": 3600,
            ], result: Examples.secret)
    ) { object -> Params? in
        let tenantID = object.required("tenantId") { $0.identifier() }
        let channelID = object.optional("channelId") { $0.identifier() }
        let name = object.required("name") { $0.string(1...64) }
        let value = object.required("value") { $0.string(1...SecretInput.maxLength) }
        let grace = object.optional("graceSeconds") { $0.integer(in: 0...2_592_000) }
        let revision = object.ifRevision()
        let key = object.idempotencyKey()
        guard let tenantID, let name, let value else { return nil }
        return Params(
            tenantID: tenantID, channelID: channelID, secret: SecretInput(name: name, value: value),
            graceSeconds: grace ?? 0, ifRevision: revision, idempotencyKey: key)
    } write: {
        $0.json
    }
}
