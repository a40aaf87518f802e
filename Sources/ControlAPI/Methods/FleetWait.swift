package import JSONCoding
import JSONRPC

package enum FleetWait {
    package struct Params: Sendable {
        package var revision: Int64
        package var timeoutMilliseconds: Int64
    }

    package struct Converged: Sendable {
        package var elapsedMilliseconds: Int64
        package var nodes: [JSONValue]

        package init(elapsedMilliseconds: Int64, nodes: [JSONValue]) {
            self.elapsedMilliseconds = elapsedMilliseconds
            self.nodes = nodes
        }
    }

    package static let method = ControlMethod<Params, Converged>(
        "fleet.wait", .platformRead, "Waits until every live node runs a revision.",
        details: """
            Nodes that are draining, or silent for 6 s, are not waited for; with no live node it converges at once. A \
            failed node is a laggard. After `timeoutMs` it fails with -32010 and the laggards in `data.nodes`.
            """,
        params: [
            .required("revision", .integer(0 ... .max)),
            .optional("timeoutMs", .integer(0...60_000).withDefault(30_000)),
        ],
        result: .object(
            [
                .required("converged", .constant(true)), .required("elapsedMs", .integer(0 ... .max)),
                .required("nodes", .array(of: .shared("Node"))),
            ], closed: false),
        errors: [.notConverged],
        example: .init(
            params: ["revision": 3, "timeoutMs": 5000],
            result: ["converged": true, "elapsedMs": 12, "nodes": [Examples.node]])
    ) { object -> Params? in
        let revision = object.required("revision") { $0.integer(in: 0 ... .max) }
        let timeout = object.optional("timeoutMs") { $0.integer(in: 0...60_000) }
        guard let revision else { return nil }
        return Params(revision: revision, timeoutMilliseconds: timeout ?? 30_000)
    } write: {
        ["converged": true, "elapsedMs": .integer($0.elapsedMilliseconds), "nodes": .array($0.nodes)]
    }
}
