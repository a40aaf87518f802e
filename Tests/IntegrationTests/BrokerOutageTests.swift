import JSONCoding
import Support
import Testing

extension IntegrationTests {
    @Suite struct BrokerOutageTests {
        @Test("RabbitMQ away: 503 within 5 s, both programs live on and recover; nothing answered 200 is lost")
        func stoppedAndBack() async throws {
            try await Site.run { site in
                let rabbit = try await Services.shared.rabbit()
                let shop = try await site.addShop("outage")
                let early = Phone.random()
                try await site.take(Webhook(shop: shop, from: early, Scene.question), at: 0)
                try await eventually("the first answer") {
                    try await !site.simulator.sent(to: early, by: shop).isEmpty
                }
                // Some are on their way when it stops.
                var taken: Set<String> = []
                for index in 0..<10 {
                    let phone = Phone.random()
                    try await site.take(Webhook(shop: shop, from: phone, Scene.question), at: index % 2)
                    taken.insert(phone)
                }
                try await rabbit.stop()

                var refusals: [Double] = []
                for index in 0..<6 {
                    let began = ContinuousClock.now
                    let webhook = Webhook(shop: shop, from: Phone.random(), Scene.question)
                    let reply = try await webhook.post(to: site.nodeURLs[index % 2], within: .seconds(60))
                    let took = ContinuousClock.now - began
                    #expect(reply.status == 503)
                    #expect(reply.headers["retry-after"].flatMap { Int($0) } != nil)
                    // The promise is 5 s; this machine may be busy.
                    #expect(took < .seconds(10))
                    refusals.append(took.milliseconds)
                }
                Figures.note("503 without a broker", refusals)
                // The signature is looked at first: a forger learns nothing of our troubles.
                let forged = try await Webhook(shop: shop, from: early, "x").post(
                    to: site.nodeURLs[0], signature: "sha256=" + String(repeating: "0", count: 64))
                #expect(forged.status == 401)
                #expect(try await HTTP.get(site.nodeURLs[0] + "/health").status == 200)
                #expect(try await HTTP.get(site.controlURL + "/health").status == 200)
                // What is committed meanwhile reaches the nodes afterwards.
                let change = try await site.rpc.call(
                    "channel.update",
                    ["id": .string(shop.channelID), "config": ["webhookVerifyToken": "while-away"]])
                #expect(site.control.isRunning && site.node(0).isRunning && site.node(1).isRunning)

                try await rabbit.restart()
                for index in 0..<10 {
                    let phone = Phone.random()
                    let webhook = Webhook(shop: shop, from: phone, Scene.question)
                    try await eventually("200 again", within: .seconds(120), every: .milliseconds(200)) {
                        let reply = try await webhook.post(to: site.nodeURLs[index % 2])
                        #expect([200, 503].contains(reply.status), "\(reply.text)")
                        return reply.status == 200
                    }
                    taken.insert(phone)
                }
                for phone in taken {
                    let answers = try await site.answers(to: phone, by: shop, atLeast: 1, through: 0)
                    #expect(answers.count == 1, "\(phone): \(answers)")
                }
                try await site.converge(at: try change.member("revision").integer ?? 0)
                #expect(site.control.isRunning && site.node(0).isRunning && site.node(1).isRunning)
            }
        }
    }
}
