package import Domain
package import JSONCoding
import JSONRPC

package enum TenantCreate {
    package struct Params: WriteParams {
        /// Generated if absent.
        package var id: String?
        package var name: String
        package var settings: JSONObject
        package var enabled: Bool
        package var idempotencyKey: String?
    }

    package static let method = ControlMethod<Params, Tenant>(
        "tenant.create", .platformWrite, "Creates a tenant.",
        params: [
            .required("name", .string(1...200)),
            .optional("id", .identifier(), "Generated if absent."),
            .optional("settings", .shared("TenantSettings")),
            .optional("enabled", JSONSchema.boolean.withDefault(true)), CommonParams.idempotencyKey,
        ],
        result: .shared("Tenant"), errors: [.conflict],
        example: .init(
            params: [
                "id": "acme", "name": "Acme Ltd.",
                "settings": ["brandName": "Acme", "locale": ["en"], "humanHandoffKeywords": ["human"]],
            ], result: Examples.tenant)
    ) { object -> Params? in
        let id = object.optional("id") { $0.identifier() }
        let name = object.required("name") { $0.string(1...200) }
        let settings = object.optional("settings", TenantSettings.readObject)
        let enabled = object.optional("enabled") { $0.bool() }
        let key = object.idempotencyKey()
        guard let name else { return nil }
        return Params(id: id, name: name, settings: settings ?? [:], enabled: enabled ?? true, idempotencyKey: key)
    } write: {
        $0.json
    }
}

extension TenantSettings {
    /// Settings that are in order, as they are kept: without the nulls that stand for absent members.
    package static func readObject(_ reader: JSONReader) -> JSONObject? {
        guard TenantSettings(reading: reader) != nil else { return nil }
        return JSONObject().merging(patch: reader.value.object ?? [:])
    }
}
