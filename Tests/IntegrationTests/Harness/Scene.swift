import Broker
import JSONCoding
import Support
import Testing

/// What many scenes share: a document, a question that it answers, and how to count answers.
enum Scene {
    static let document = (
        title: "Visiting us",
        text: """
        Opening hours. On a public holiday our opening hours are ten to four. You may bring your dog, any question \
        is welcome. On working days we are open from eight to eight.
        """
    )
    static let question = "What are your opening hours on a public holiday, and may I bring my dog?"
    /// What only an answer to it says.
    static let answer = "ten to four"

    /// No limits on how many messages a tenant takes: loads are not what these limits are for.
    static let settings: JSONObject = ["brandName": "Corner Shop"]
}

extension Site {
    /// Waits for the customer's next answers, then asks something else and waits for its answer too: the conversation
    /// being in order, nothing that was asked before can be answered after it.
    ///
    /// - Returns: what the customer got in all, the answer to the last question excluded.
    func answers(
        to phone: String, by shop: Shop, atLeast count: Int, through node: Int, within bound: Duration = .seconds(180)
    ) async throws -> [Sent] {
        try await eventually("\(count) answers to \(phone)", within: bound) {
            try await simulator.sent(to: phone, by: shop).count >= count
        }
        let before = try await simulator.sent(to: phone, by: shop).count
        try await take(Webhook(shop: shop, from: phone, "Hello!"), at: node)
        return try await eventually("the last answer to \(phone)", within: bound) {
            let all = try await simulator.sent(to: phone, by: shop)
            return all.count > before ? all.dropLast() : nil
        }
    }

    /// Posts a webhook as Meta does: again where a node says 503, which it may while its broker is slow or away.
    func take(_ webhook: Webhook, at node: Int) async throws {
        try await eventually("200 for a webhook", every: .milliseconds(200)) {
            let reply = try await webhook.post(to: nodeURLs[node])
            guard reply.status == 200 || reply.status == 503 else {
                throw InVain(description: "a webhook was answered \(reply.status): \(reply.text)")
            }
            return reply.status == 200
        }
    }

    /// A counter of a node, summed over its labels.
    func counter(_ name: String, of node: Int) async throws -> Double {
        let text = try await HTTP.get(nodeURLs[node] + "/metrics").text
        return text.split(separator: "\n").filter { $0.hasPrefix(name + "{") || $0.hasPrefix(name + " ") }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }

    /// Messages ready in the queues of a shop.
    func depth(_ shop: Shop) async throws -> Int {
        try await withBroker { broker in
            var sum = 0
            for name in [shop.inbound, shop.outbound] { sum += (try? await broker.inspectQueue(name).messages) ?? 0 }
            return sum
        }
    }

    /// Ends the nodes gracefully, so that nothing goes on: what is left in the queues then is unfinished.
    func drain(_ nodes: [Int]) async throws {
        for index in nodes { node(index).signal(15) }
        for index in nodes { #expect(try await node(index).ended(within: .seconds(90)) == .code(0)) }
    }
}
