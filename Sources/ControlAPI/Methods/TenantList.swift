package import Domain
import JSONCoding
import JSONRPC

package enum TenantList {
    package struct Params: Sendable {
        package var page: PageRequest
    }

    package static let method = ControlMethod<Params, Page<Tenant>>(
        "tenant.list", .read, "Lists the tenants, by id.", params: CommonParams.page,
        result: CommonParams.pageSchema(of: .shared("Tenant")),
        example: .init(params: ["limit": 50], result: Examples.page(Examples.tenant)),
        read: { Params(page: $0.page()) }, write: { CommonParams.json($0, \.json) })
}
