import Support
import Testing

extension IntegrationTests {
    @Suite struct DatabaseOutageTests {
        @Test("PostgreSQL away: webhooks are taken and wait in their queue; answered when it is back")
        func stoppedAndBack() async throws {
            try await Site.run { site in
                let postgres = try await Services.shared.postgres()
                let shop = try await site.addShop("sleeper")
                let early = Phone.random()
                try await site.take(Webhook(shop: shop, from: early, Scene.question), at: 0)
                try await eventually("the first answer") {
                    try await !site.simulator.sent(to: early, by: shop).isEmpty
                }
                try await PostgresFixture.offPool { try postgres.kill() }

                let phones = (0..<20).map { _ in Phone.random() }
                for (index, phone) in phones.enumerated() {
                    try await site.take(Webhook(shop: shop, from: phone, Scene.question), at: index % 2)
                }
                // A read of the control plane says what is wrong, without internals.
                do {
                    try await site.rpc.call("tenant.list")
                    Issue.record("tenant.list was answered without a database")
                } catch let failure as RPCFailure {
                    #expect(failure.code == -32050)
                }
                #expect(site.control.isRunning && site.node(0).isRunning && site.node(1).isRunning)
                #expect(try await site.simulator.sent(to: phones[0], by: shop).isEmpty)

                try await PostgresFixture.offPool { try postgres.start() }
                for phone in phones {
                    let answers = try await site.answers(to: phone, by: shop, atLeast: 1, through: 0)
                    #expect(answers.count == 1, "\(phone): \(answers)")
                    #expect(answers.first?.text.contains(Scene.answer) == true)
                }
                try await eventually("the control plane's recovery") {
                    (try? await site.rpc.call("tenant.list")) != nil
                }
                #expect(site.control.isRunning && site.node(0).isRunning && site.node(1).isRunning)
            }
        }
    }
}
