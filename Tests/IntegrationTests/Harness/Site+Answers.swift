import JSONCoding
import Testing

extension Site {
    /// Everything that was answered 200 has exactly one answer at the platform, once the nodes have nothing left.
    ///
    /// - Parameter unknowable: so many may be `unknown` instead: a node that is killed between making a claim final and
    ///   writing the request takes with it what nobody else can know, and such a message is never sent again.
    func expectOneAnswerEach(
        _ report: Load.Report, by shop: Shop, drain nodes: [Int], unknowable: Int = 0,
        within bound: Duration = .seconds(300)
    ) async throws {
        let phones = Set(report.accepted.map(\.phone))
        // A customer of its own for each message.
        #expect(phones.count == Set(report.accepted.map(\.wamid)).count)
        let unknown = try await eventually(
            "\(phones.count) answers", within: bound, every: .milliseconds(300),
            state: await whatIsMissing(phones, by: shop)
        ) { () async throws -> Set<String>? in
            let missing = try await unanswered(phones, by: shop)
            guard missing.count <= unknowable else { return nil }
            for phone in missing where try await fate(of: phone, at: shop) != ["answered", "unknown"] { return nil }
            return missing
        }
        // Nothing goes on any more, and nothing is left that would: so these are all.
        try await drain(nodes)
        #expect(try await depth(shop) == 0)
        var counts: [String: Int] = [:]
        for sent in try await simulator.sent() where sent.number == shop.number { counts[sent.to, default: 0] += 1 }
        let missing = phones.filter { counts[$0] == nil }
        let twice = counts.filter { $0.value > 1 }
        #expect(missing.isSubset(of: unknown), "\(missing.count) without an answer: \(missing.prefix(5))")
        #expect(twice.isEmpty, "\(twice.count) with more than one answer: \(twice.prefix(5))")
        if unknowable > 0 { Figures.note("of \(phones.count) answers, unknown after a SIGKILL: \(unknown.count)") }
    }

    private func unanswered(_ phones: Set<String>, by shop: Shop) async throws -> Set<String> {
        phones.subtracting(try await simulator.sent().filter { $0.number == shop.number }.map(\.to))
    }

    /// The states of a conversation's messages, in order; none where nothing of it is recorded yet.
    func fate(of phone: String, at shop: Shop) async throws -> [String] {
        let page: JSONValue
        do {
            page = try await rpc.call(
                "conversation.messages",
                [
                    "channelId": .string(shop.channelID), "conversationId": .string("\(shop.channelID):\(phone)"),
                ])
        } catch let failure as RPCFailure where failure.code == -32004 {
            return []
        }
        return try page.member("items").array?.map { try $0.member("status").string ?? "" } ?? []
    }

    /// For a failure's text: how many have no answer, and what became of the first of them.
    private func whatIsMissing(_ phones: Set<String>, by shop: Shop) async -> String {
        do {
            let missing = try await unanswered(phones, by: shop).sorted()
            var fates: [String] = []
            for phone in missing.prefix(5) {
                fates.append("\(phone): \(try await fate(of: phone, at: shop).joined(separator: ", "))")
            }
            return "\(missing.count) without an answer; \(fates.joined(separator: "; "))"
        } catch {
            return "\(error)"
        }
    }
}
