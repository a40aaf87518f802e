package import JSONCoding
import JSONRPC

package enum Discover {
    package struct Params: Sendable {}

    package static let method = ControlMethod<Params, JSONValue>(
        "rpc.discover", .everyone, "Gives the OpenRPC document of this API.", params: [], result: .anyObject,
        example: .init(params: [:], result: ["openrpc": "1.3.2"]), read: { _ in Params() }, write: { $0 })
}
