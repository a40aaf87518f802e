package import JSONCoding
import JSONRPC

package enum FleetList {
    package struct Params: Sendable {}

    package struct Fleet: Sendable {
        /// The config's revision.
        package var revision: Int64
        package var nodes: [JSONValue]

        package init(revision: Int64, nodes: [JSONValue]) {
            self.revision = revision
            self.nodes = nodes
        }
    }

    package static let method = ControlMethod<Params, Fleet>(
        "fleet.list", .platformRead, "Lists the nodes as they last reported, with the config's revision.", params: [],
        result: .object(
            [.required("revision", .integer(0 ... .max)), .required("nodes", .array(of: .shared("Node")))],
            closed: false),
        example: .init(params: [:], result: ["revision": 45, "nodes": [Examples.node]]),
        read: { _ in Params() },
        write: { ["revision": .integer($0.revision), "nodes": .array($0.nodes)] })
}
