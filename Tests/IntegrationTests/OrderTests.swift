import Broker
import JSONCoding
import Testing

extension IntegrationTests {
    @Suite struct OrderTests {
        private static let wares = [
            "apple", "apricot", "artichoke", "asparagus", "avocado", "banana", "basil", "beetroot", "blackberry",
            "blueberry", "broccoli", "cabbage", "carrot", "cauliflower", "celery", "cherry", "chestnut", "coconut",
            "cucumber", "eggplant", "fennel", "fig", "garlic", "ginger", "gooseberry", "grapefruit", "hazelnut",
            "horseradish", "kiwi", "kohlrabi", "lavender", "leek", "lemon", "lettuce", "mango", "melon", "mushroom",
            "nectarine", "olive", "onion", "orange", "papaya", "parsley", "peach", "pineapple", "pumpkin", "quince",
            "radish", "spinach", "walnut",
        ]

        @Test(
            "50 messages of one conversation come out in order while 20 others run; a failing one holds up nobody",
            .timeLimit(.minutes(30)))
        func inOrder() async throws {
            // What fails is to go on failing for as long as this lasts.
            try await Site.run(settings: ["WORKER_MAX_RETRIES": "100", "WORKER_RETRY_BASE_MS": "2000"]) { site in
                let wares = Self.wares.map { ware in
                    (title: "\(ware)", text: "The \(ware) costs \(ware.count * 7) cents a piece at our market stall.")
                }
                let shop = try await site.addShop("stall", documents: wares + [Scene.document])
                let unlucky = Phone.random()
                try await site.simulator.fault(["to": .string(unlucky)], respond: ["status": 500])
                try await site.take(Webhook(shop: shop, from: unlucky, Scene.question), at: 0)

                let talker = Phone.random()
                let others = (0..<20).map { _ in Phone.random() }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for (index, ware) in Self.wares.enumerated() {
                            let webhook = Webhook(shop: shop, from: talker, "What does the \(ware) cost?")
                            try await site.take(webhook, at: index % 2)
                        }
                    }
                    for other in others {
                        group.addTask {
                            for index in 0..<5 {
                                let webhook = Webhook(shop: shop, from: other, Scene.question)
                                try await site.take(webhook, at: index % 2)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                for other in others {
                    try await eventually("all answers to another", within: .seconds(240)) {
                        try await site.simulator.sent(to: other, by: shop).count == 5
                    }
                }
                // The last five wait for the pace that Meta sets for a pair: one every six seconds after 45.
                let answers = try await eventually(
                    "50 answers", within: .seconds(300), every: .milliseconds(200),
                    state: "\((try? await site.simulator.sent(to: talker, by: shop).count) ?? -1)"
                ) {
                    let sent = try await site.simulator.sent(to: talker, by: shop)
                    return sent.count >= 50 ? sent : nil
                }
                let order = answers.map { answer in
                    Self.wares.first { answer.text.contains("The \($0) costs") } ?? answer.text
                }
                #expect(order == Self.wares)

                // All of them came while the unlucky one's answer still failed; when that ends, it comes too.
                #expect(try await site.simulator.sent(to: unlucky, by: shop).isEmpty)
                try await site.simulator.clearFaults()
                try await eventually("the unlucky one's answer", within: .seconds(240)) {
                    try await site.simulator.sent(to: unlucky, by: shop).count == 1
                }
            }
        }

        @Test("What never goes through ends in the dead queue, and the next message goes on")
        func poison() async throws {
            try await Site.run(
                nodes: 1, settings: ["WORKER_MAX_RETRIES": "2", "WORKER_RETRY_BASE_MS": "50"]
            ) { site in
                let shop = try await site.addShop("dead")
                let unlucky = Phone.random()
                try await site.simulator.fault(
                    ["to": .string(unlucky), "text": .string(Scene.answer)], respond: ["status": 500])
                try await site.take(Webhook(shop: shop, from: unlucky, Scene.question), at: 0)
                try await site.take(Webhook(shop: shop, from: unlucky, "Thank you!"), at: 0)
                try await eventually("the second answer") {
                    try await site.simulator.sent(to: unlucky, by: shop).count == 1
                }
                try await site.withBroker { broker in
                    try await eventually("a dead letter") {
                        try await broker.inspectQueue(shop.outbound + ":dead").messages == 1
                    }
                }
            }
        }
    }
}
