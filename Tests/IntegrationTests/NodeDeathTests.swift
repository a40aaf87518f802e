import JSONCoding
import Support
import Testing

extension IntegrationTests {
    @Suite struct NodeDeathTests {
        /// - Parameter victim: the node that dies; the webhook always goes to the first.
        @Test("A webhook is answered once though a node is killed right after the 200", arguments: [0, 1])
        func killed(victim: Int) async throws {
            try await Site.run { site in
                let shop = try await site.addShop("survivor")
                // So that the queues exist and have their consumers.
                let early = Phone.random()
                try await site.simulator.write(shop, from: early, Scene.question)
                try await eventually("the first answer") {
                    try await !site.simulator.sent(to: early, by: shop).isEmpty
                }
                for _ in 0..<3 {
                    try await site.pointSimulator(at: 1 - victim)
                    let phone = Phone.random()
                    let webhook = Webhook(shop: shop, from: phone, Scene.question)
                    #expect(try await webhook.post(to: site.nodeURLs[0]).status == 200)
                    try await site.node(victim).kill()
                    let answers = try await site.answers(to: phone, by: shop, atLeast: 1, through: 1 - victim)
                    #expect(answers.count == 1, "\(answers)")
                    #expect(answers.first?.text.contains(Scene.answer) == true)
                    try await site.restartNode(victim)
                }
            }
        }
    }
}
