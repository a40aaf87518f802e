package import Domain
import JSONCoding
import JSONRPC

package enum ChannelList {
    package struct Params: Sendable {
        package var tenantID: String?
        package var type: ChannelType?
        package var enabled: Bool?
        package var page: PageRequest
    }

    package static let method = ControlMethod<Params, Page<ChannelView>>(
        "channel.list", .read, "Lists channels, by id.",
        params: [
            .optional("tenantId", .identifier()), .optional("type", .oneOf(ChannelType.self)),
            .optional("enabled", .boolean),
        ] + CommonParams.page,
        result: CommonParams.pageSchema(of: .shared("Channel")),
        example: .init(params: ["tenantId": "acme", "type": "whatsapp"], result: Examples.page(Examples.channel))
    ) { object -> Params? in
        Params(
            tenantID: object.optional("tenantId") { $0.identifier() },
            type: object.optional("type") { $0.oneOf(ChannelType.self) },
            enabled: object.optional("enabled") { $0.bool() }, page: object.page())
    } write: {
        CommonParams.json($0, \.json)
    }
}
