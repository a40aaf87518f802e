package import Domain
import JSONCoding
import JSONRPC

package enum DocumentList {
    package static let method = ControlMethod<TenantListParams, Page<Document>>(
        "document.list", .read, "Lists a tenant's documents, by id, without their texts.",
        params: TenantListParams.members,
        result: CommonParams.pageSchema(of: .shared("DocumentSummary")), errors: [.notFound],
        example: .init(
            params: ["tenantId": "acme"], result: Examples.page(.object(Examples.documentSummary))),
        read: TenantListParams.init, write: { CommonParams.json($0, \.summary) })
}
