import Glibc
import JSONCoding
import Support
import Testing

extension IntegrationTests {
    @Suite struct DrainTests {
        @Test("SIGTERM under load: unready at once, no request fails, exit code 0, every message is answered once")
        func underLoad() async throws {
            try await Site.run { site in
                let shop = try await site.addShop("leaver")
                try await site.pointSimulator(at: 1)
                var order = Load.Order(shop, to: site.nodeURLs, count: 600)
                order.rate = 100
                let load = try Load(order, in: site.folder)
                try await load.reached(150)
                site.node(0).signal(SIGTERM)
                try await eventually("the node to be unready", within: .seconds(2), every: .milliseconds(10)) {
                    await site.readiness(site.nodeURLs[0]) == 503
                }
                load.leaveFirstPort()
                #expect(try await site.node(0).ended(within: .seconds(40)) == .code(0))
                let report = try await load.finished()
                #expect(report.statuses == [200: 600], "\(report.text)")
                #expect(report.connectionErrors == 0 && report.lost == 0, "\(report.text)")
                try await site.expectOneAnswerEach(report, by: shop, drain: [1])
            }
        }

        @Test("An idle node ends within the bound, with exit code 0; so does the control plane")
        func idle() async throws {
            try await Site.run(nodes: 1) { site in
                for program in [site.node(0), site.control] {
                    program.signal(SIGTERM)
                    let exit = try await program.ended(within: .seconds(10))
                    #expect(exit == .code(0), "\(program.name)")
                }
            }
        }
    }
}

extension Site {
    /// How many have no answer at the platform, and what became of the first of them.
    private func missing(_ phones: Set<String>, by shop: Shop) async -> String {
        do {
            let answered = Set(try await simulator.sent().filter { $0.number == shop.number }.map(\.to))
            let missing = phones.subtracting(answered).sorted()
            var fates: [String] = []
            for phone in missing.prefix(5) {
                let messages = try await rpc.call(
                    "conversation.messages",
                    ["channelId": .string(shop.channelID), "conversationId": .string("\(shop.channelID):\(phone)")])
                fates.append("\(phone): \(String(decoding: messages.serialized(), as: UTF8.self).prefix(900))")
            }
            return "\(missing.count) without an answer; \(fates.joined(separator: "\n"))"
        } catch {
            return "\(error)"
        }
    }

    /// Everything that was answered 200 has exactly one answer at the platform, once the nodes have nothing left.
    func expectOneAnswerEach(
        _ report: Load.Report, by shop: Shop, drain nodes: [Int], within bound: Duration = .seconds(120)
    ) async throws {
        let phones = Set(report.accepted.map(\.phone))
        // A customer of its own for each message.
        #expect(phones.count == Set(report.accepted.map(\.wamid)).count)
        try await eventually(
            "\(phones.count) answers", within: bound, every: .milliseconds(300),
            state: await missing(phones, by: shop)
        ) {
            Set(try await simulator.sent().filter { $0.number == shop.number }.map(\.to)).isSuperset(of: phones)
        }
        // Nothing goes on any more, and nothing is left that would: so these are all.
        try await drain(nodes)
        #expect(try await depth(shop) == 0)
        var counts: [String: Int] = [:]
        for sent in try await simulator.sent() where sent.number == shop.number { counts[sent.to, default: 0] += 1 }
        let missing = phones.filter { counts[$0] == nil }
        let twice = counts.filter { $0.value > 1 }
        #expect(missing.isEmpty, "\(missing.count) without an answer: \(missing.prefix(5))")
        #expect(twice.isEmpty, "\(twice.count) with more than one answer: \(twice.prefix(5))")
    }
}
