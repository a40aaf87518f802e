import JSONCoding
import JSONRPC

package enum ChannelGet {
    package static let method = ControlMethod<EntityParams, ChannelView>(
        "channel.get", .read, "Gives a channel.", params: [CommonParams.id], result: .shared("Channel"),
        errors: [.notFound], example: .init(params: ["id": "acme-whatsapp"], result: Examples.channel),
        read: EntityParams.init, write: { $0.json })
}
