package import Domain
import JSONCoding
import JSONRPC

package enum TenantGet {
    package static let method = ControlMethod<EntityParams, Tenant>(
        "tenant.get", .read, "Gives a tenant.", params: [CommonParams.id], result: .shared("Tenant"),
        errors: [.notFound], example: .init(params: ["id": "acme"], result: Examples.tenant),
        read: EntityParams.init, write: { $0.json })
}
