import JSONCoding
import JSONRPC

package enum TenantDelete {
    package static let method = ControlMethod<DeleteParams, Deleted>(
        "tenant.delete", .platformWrite, "Deletes a tenant with all that is its own.",
        details: """
            Its channels and secrets go with it, each with a config event of its own; so do its conversations, \
            messages and documents. Gives the highest revision.
            """,
        params: DeleteParams.members, result: Deleted.schema, errors: [.notFound, .conflict],
        example: .init(params: ["id": "acme"], result: ["id": "acme", "revision": 52]),
        read: DeleteParams.init, write: { $0.json })
}
