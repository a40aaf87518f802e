import JSONCoding
import Testing

extension IntegrationTests {
    @Suite struct ConversationTests {
        @Test("A customer's question is answered from the documents, and its status recorded")
        func endToEnd() async throws {
            try await Site.run { site in
                let shop = try await site.addShop("talk")
                let phone = Phone.random()
                let posted = try await site.simulator.write(shop, from: phone, Scene.question)
                #expect(posted["webhooks"]?.array?.first?["status"]?.integer == 200)
                let answers = try await eventually("an answer") {
                    let sent = try await site.simulator.sent(to: phone, by: shop)
                    return sent.isEmpty ? nil : sent
                }
                #expect(answers[0].text.contains(Scene.answer))

                let id = try #require(answers[0].messageID)
                try await eventually("the status read") {
                    try await site.rpc.call("message.get", ["id": .string(id)])["status"]?.string == "read"
                }
                let message = try await site.rpc.call("message.get", ["id": .string(id)])
                #expect(message["direction"]?.string == "outbound")
                #expect(message["externalId"]?.string == answers[0].wamid)
                #expect(message["tenantId"]?.string == shop.id)
                #expect(message["conversationId"]?.string == "\(shop.channelID):\(phone)")

                let messages =
                    try await site.rpc.call(
                        "conversation.messages",
                        ["conversationId": .string("\(shop.channelID):\(phone)"), "channelId": .string(shop.channelID)]
                    ).member("items").array ?? []
                #expect(messages.compactMap { $0["direction"]?.string } == ["inbound", "outbound"])
                let positions = messages.compactMap { $0["position"]?.integer }
                #expect(positions.count == 2 && positions == positions.sorted())
            }
        }

        @Test("What nobody knows goes to a person, who is not talked over")
        func handover() async throws {
            try await Site.run(nodes: 1) { site in
                let shop = try await site.addShop("unknowing")
                let phone = Phone.random()
                let key: JSONObject = ["tenantId": .string(shop.id)]
                try await site.simulator.write(shop, from: phone, "Which trombone suits a walrus best?")
                let first = try await eventually("an honest answer") {
                    try await site.simulator.sent(to: phone, by: shop).first
                }
                #expect(!first.text.contains(Scene.answer))
                try await eventually("the hand-over") {
                    let conversations = try await site.rpc.call("conversation.list", key).member("items").array ?? []
                    return conversations.first?["status"]?.string == "assigned_human"
                }
                try await site.simulator.write(shop, from: phone, Scene.question)
                try await eventually("the question to be recorded") {
                    let messages =
                        try await site.rpc.call(
                            "conversation.messages",
                            [
                                "conversationId": .string("\(shop.channelID):\(phone)"),
                                "channelId": .string(shop.channelID),
                            ]
                        ).member("items").array ?? []
                    return messages.count { $0["direction"]?.string == "inbound" } == 2
                }
                // Another customer's later question is answered; this one's is not.
                let other = Phone.random()
                try await site.simulator.write(shop, from: other, Scene.question)
                try await eventually("the other's answer") {
                    try await !site.simulator.sent(to: other, by: shop).isEmpty
                }
                try await site.drain([0])
                #expect(try await site.simulator.sent(to: phone, by: shop).count == 1)
                #expect(try await site.depth(shop) == 0)
            }
        }
    }
}
