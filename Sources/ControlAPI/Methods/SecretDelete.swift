package import Domain
import JSONCoding
import JSONRPC

package enum SecretDelete {
    package struct Params: WriteParams {
        package var key: SecretKey
        package var ifRevision: Int64?
        package var idempotencyKey: String?
    }

    package static let method = ControlMethod<Params, Deleted>(
        "secret.delete", .write, "Deletes a secret.",
        params: [
            CommonParams.tenantID, .required("name", .string(1...64)), .optional("channelId", .identifier()),
            CommonParams.ifRevision, CommonParams.idempotencyKey,
        ],
        result: Deleted.schema, errors: [.notFound, .conflict],
        example: .init(
            params: ["tenantId": "acme", "channelId": "acme-whatsapp", "name": "appSecret"],
            result: ["id": "acme-whatsapp/appSecret", "revision": 46])
    ) { object -> Params? in
        let tenantID = object.required("tenantId") { $0.identifier() }
        let channelID = object.optional("channelId") { $0.identifier() }
        let name = object.required("name") { $0.string(1...64) }
        let revision = object.ifRevision()
        let key = object.idempotencyKey()
        guard let tenantID, let name else { return nil }
        return Params(
            key: SecretKey(tenantID: tenantID, channelID: channelID, name: name), ifRevision: revision,
            idempotencyKey: key)
    } write: {
        $0.json
    }
}
