package import Domain
import JSONCoding
import JSONRPC

package enum ConfigSnapshotMethod {
    package struct Params: Sendable {
        package var sinceRevision: Int64?
    }

    package static let method = ControlMethod<Params, ConfigSnapshot>(
        "config.snapshot", .snapshot, "Gives the whole configuration at one revision, secrets sealed.",
        details: """
            With `sinceRevision` equal to the current revision the answer is `{revision, unchanged: true}` with empty \
            lists.
            """,
        params: [.optional("sinceRevision", .integer(0 ... .max), "What the caller has.")],
        result: .shared("ConfigSnapshot"),
        example: .init(
            params: [:],
            result: [
                "revision": 45, "tenants": [Examples.tenant], "channels": [], "secrets": [], "functions": [],
                "webhooks": [],
            ])
    ) { object -> Params? in
        Params(sinceRevision: object.optional("sinceRevision") { $0.integer(in: 0 ... .max) })
    } write: {
        $0.json
    }
}
