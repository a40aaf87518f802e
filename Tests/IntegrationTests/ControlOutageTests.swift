import JSONCoding
import Support
import Testing

extension IntegrationTests {
    @Suite struct ControlOutageTests {
        @Test("Control plane away: nodes serve on, and are found again when it is back")
        func stoppedAndBack() async throws {
            try await Site.run { site in
                let shop = try await site.addShop("alone")
                try await site.control.kill()
                for index in 0..<6 {
                    let phone = Phone.random()
                    try await site.take(Webhook(shop: shop, from: phone, Scene.question), at: index % 2)
                    let answers = try await site.answers(to: phone, by: shop, atLeast: 1, through: 1)
                    #expect(answers.count == 1)
                }
                for url in site.nodeURLs { try await site.ready(url) }

                try await site.restartControl()
                try await site.fleetIsReady()
                let change = try await site.rpc.call(
                    "channel.update", ["id": .string(shop.channelID), "config": ["webhookVerifyToken": "new-token"]])
                try await site.converge(at: try change.member("revision").integer ?? 0)
                for url in site.nodeURLs {
                    #expect(try await Verification.get(shop, at: url, token: "new-token").status == 200)
                    #expect(try await Verification.get(shop, at: url, token: shop.verifyToken).status == 403)
                }
            }
        }
    }
}
