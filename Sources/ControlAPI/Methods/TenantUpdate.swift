package import Domain
package import JSONCoding
import JSONRPC

package enum TenantUpdate {
    package struct Params: WriteParams {
        package var id: String
        package var name: String?
        /// A merge patch (RFC 7396).
        package var settings: JSONObject?
        package var enabled: Bool?
        package var ifRevision: Int64?
        package var idempotencyKey: String?
    }

    package static let method = ControlMethod<Params, Tenant>(
        "tenant.update", .write, "Changes a tenant.",
        details: "`settings` is a JSON merge patch (RFC 7396): null removes a member, objects merge, else it replaces.",
        params: [
            CommonParams.id, .optional("name", .string(1...200)),
            .optional("settings", .anyObject, "A merge patch; the result must be valid settings."),
            .optional("enabled", .boolean), CommonParams.ifRevision, CommonParams.idempotencyKey,
        ],
        result: .shared("Tenant"), errors: [.notFound, .conflict],
        example: .init(
            params: ["id": "acme", "settings": ["brandName": "Acme", "tone": nil]],
            result: Examples.tenant)
    ) { object -> Params? in
        let id = object.required("id") { $0.identifier() }
        let name = object.optional("name") { $0.string(1...200) }
        let settings = object.optional("settings") { $0.rawObject() }
        let enabled = object.optional("enabled") { $0.bool() }
        let revision = object.ifRevision()
        let key = object.idempotencyKey()
        guard let id else { return nil }
        return Params(
            id: id, name: name, settings: settings, enabled: enabled, ifRevision: revision, idempotencyKey: key)
    } write: {
        $0.json
    }
}
