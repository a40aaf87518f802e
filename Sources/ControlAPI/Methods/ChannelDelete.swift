import JSONCoding
import JSONRPC

package enum ChannelDelete {
    package static let method = ControlMethod<DeleteParams, Deleted>(
        "channel.delete", .write, "Deletes a channel and its secrets.",
        details: "Each secret has a config event of its own. Gives the highest revision.",
        params: DeleteParams.members, result: Deleted.schema, errors: [.notFound, .conflict],
        example: .init(params: ["id": "acme-whatsapp"], result: ["id": "acme-whatsapp", "revision": 49]),
        read: DeleteParams.init, write: { $0.json })
}
