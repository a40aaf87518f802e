import JSONCoding
import Testing

extension IntegrationTests {
    @Suite struct DuplicateTests {
        @Test("One webhook posted 20 times at once to both nodes is one message and one answer")
        func atOnce() async throws {
            try await Site.run { site in
                let shop = try await site.addShop("echo")
                for _ in 0..<3 {
                    let phone = Phone.random()
                    let webhook = Webhook(shop: shop, from: phone, Scene.question)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for copy in 0..<20 { group.addTask { try await site.take(webhook, at: copy % 2) } }
                        try await group.waitForAll()
                    }
                    let answers = try await site.answers(to: phone, by: shop, atLeast: 1, through: 0)
                    #expect(answers.count == 1, "\(answers)")
                    let messages =
                        try await site.rpc.call(
                            "conversation.messages",
                            [
                                "conversationId": .string("\(shop.channelID):\(phone)"),
                                "channelId": .string(shop.channelID),
                            ]
                        ).member("items").array ?? []
                    let questions = messages.filter { $0["content"]?["text"]?.string == Scene.question }
                    #expect(questions.count == 1)
                }
            }
        }

        @Test("A message that comes again later, beside a new one, is not answered again")
        func later() async throws {
            try await Site.run(nodes: 1) { site in
                let shop = try await site.addShop("again")
                let phone = Phone.random()
                let wamid = Webhook.wamid()
                try await site.take(Webhook(shop: shop, from: phone, wamid: wamid, Scene.question), at: 0)
                try await eventually("the answer") { try await !site.simulator.sent(to: phone, by: shop).isEmpty }
                let both = Webhook(
                    shop: shop, from: phone, messages: [(wamid, Scene.question), (Webhook.wamid(), "Thank you!")])
                try await site.take(both, at: 0)
                let answers = try await site.answers(to: phone, by: shop, atLeast: 2, through: 0)
                #expect(answers.count == 2, "\(answers)")
                #expect(answers.count { $0.text.contains(Scene.answer) } == 1)
            }
        }
    }
}
