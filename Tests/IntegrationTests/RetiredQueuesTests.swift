import Broker
import JSONCoding
import Support
import Testing

extension IntegrationTests {
    @Suite struct RetiredQueuesTests {
        @Test("A deleted channel's queues go once they are empty; a new channel of that type has new ones")
        func come() async throws {
            try await Site.run { site in
                let shop = try await site.addShop("closing")
                let neighbour = try await site.addShop("staying", index: 1)
                for shop in [shop, neighbour] { try await answered(shop, site) }
                #expect(try await site.existing([shop.inbound, shop.outbound]).count == 2)
                let channel = try await site.rpc.call("channel.get", ["id": .string(shop.channelID)])
                try await site.rpc.call("channel.delete", ["id": .string(shop.channelID)])
                try await eventually("the queues to be gone", within: .seconds(120), every: .seconds(1)) {
                    try await site.existing([shop.inbound, shop.outbound]).isEmpty
                }
                #expect(try await site.existing([neighbour.inbound, neighbour.outbound]).count == 2)
                // As before, under the same names; and the neighbour never noticed.
                let again = try await site.rpc.call(
                    "channel.create",
                    [
                        "id": .string(shop.channelID), "tenantId": .string(shop.id), "type": "whatsapp",
                        "config": try channel.member("config"),
                        "secrets": [
                            "accessToken": .string(shop.accessToken), "appSecret": .string(shop.appSecret),
                        ],
                    ])
                try await site.converge(at: try again.member("revision").integer ?? 0)
                for shop in [shop, neighbour] { try await answered(shop, site) }
            }
        }

        private func answered(_ shop: Shop, _ site: Site) async throws {
            let phone = Phone.random()
            try await site.simulator.write(shop, from: phone, Scene.question)
            try await eventually("an answer from \(shop.id)") {
                try await site.simulator.sent(to: phone, by: shop).count == 1
            }
        }
    }
}

extension Site {
    /// Which of these queues there are.
    fileprivate func existing(_ names: [String]) async throws -> [String] {
        try await withBroker { broker in
            var found: [String] = []
            for name in names where try await broker.depth(of: name) != nil { found.append(name) }
            return found
        }
    }
}
