import JSONCoding
import Support
import Testing

extension IntegrationTests {
    /// `METACHAT_HANDS_SECONDS`, optional: for how long the hands work at least (Tests/Benchmarks/hands: 30).
    @Suite struct ManyHandsTests {
        private static let seconds = ProcessFixture.setting("METACHAT_HANDS_SECONDS").flatMap { Int($0) } ?? 0

        @Test(
            "8 clients on 50 channels through two control planes, one killed twice: no update lost, one order for all")
        func manyHands() async throws {
            try await Site.run(nodes: 2) { site in
                let recorder = try await FanoutRecorder(exchange: "metachat.config", at: site.brokerURL)
                let first = try await site.rpc.call("config.snapshot").member("revision").integer ?? 0
                let second = "http://127.0.0.1:\(try ProcessFixture.freePorts(1)[0])"
                let bind = ["METACHAT_CONTROL_BIND": "127.0.0.1:\(Site.port(second))"]
                try site.launch("control2", ["control"], settings: bind)
                try await site.ready(second)
                let planes = [site.rpc, RPCClient(url: second, token: site.adminToken)]
                try await site.rpc.call("tenant.create", ["id": "many", "name": "Many"])
                for index in 0..<50 {
                    try await site.rpc.call(
                        "channel.create",
                        [
                            "id": .string("many-\(index)"), "tenantId": "many", "type": "whatsapp", "name": "0",
                            "config": [
                                "phoneNumberId": .string("2000\(index)"), "businessAccountId": "1",
                            ],
                        ])
                }
                let stop = Locked(false)
                let began = ContinuousClock.now
                let counts = try await withThrowingTaskGroup(of: [Int: Int].self) { group in
                    for hand in 0..<8 { group.addTask { try await update(hand, planes, until: stop) } }
                    // Killed in the middle of the work, which goes on for a while after.
                    for life in 0..<3 {
                        let before = try recorder.revisions().count
                        let end = began + .seconds(Self.seconds * (life + 1) / 3)
                        try await eventually("100 more changes", within: .seconds(180 + Self.seconds)) {
                            try recorder.revisions().count >= before + 100 && ContinuousClock.now >= end
                        }
                        guard life < 2 else { break }
                        try await site.program("control2").kill()
                        try site.launch("control2", ["control"], settings: bind)
                        try await site.ready(second)
                    }
                    stop.withLock { $0 = true }
                    return try await group.reduce(into: [:]) { all, some in all.merge(some, uniquingKeysWith: +) }
                }
                // Each update counted one up from what it had read: the sum is right, or one was lost.
                for index in 0..<50 {
                    let channel = try await site.rpc.call("channel.get", ["id": .string("many-\(index)")])
                    #expect(channel["name"]?.string == "\(counts[index] ?? 0)", "channel \(index)")
                }
                let total = counts.values.reduce(0, +)
                let last = try await site.rpc.call("config.snapshot").member("revision").integer ?? 0
                #expect(last - first == Int64(total + 51))
                try await eventually("the last revision on the fanout") {
                    try recorder.revisions().contains(last)
                }
                var seen: Set<Int64> = []
                let firsts = try recorder.revisions().filter { seen.insert($0).inserted }
                #expect(last > first && firsts.elementsEqual(first + 1..<max(first, last) + 1))
                try await site.converge(at: last)
                let nodes = try await site.rpc.call("fleet.list")["nodes"]?.array ?? []
                #expect(Set(nodes.map { $0["configHash"]?.string ?? "" }).count == 1 && nodes.count == 2)
                let took = Figures.rounded((ContinuousClock.now - began).milliseconds / 1000)
                Figures.note("two control planes, one killed twice: \(total) updates in \(took) s, none lost")
                await recorder.end()
            }
        }

        /// Updates channels as read, through either control plane, each update exactly once.
        private func update(
            _ hand: Int, _ planes: [RPCClient], until stop: Locked<Bool>
        ) async throws -> [Int: Int] {
            var counts: [Int: Int] = [:]
            var number = 0
            while !stop.withLock({ $0 }) {
                let index = Int.random(in: 0..<50)
                let id = JSONValue.string("many-\(index)")
                number += 1
                let channel = try await patiently(planes, number) { try await $0.call("channel.get", ["id": id]) }
                let count = Int(channel["name"]?.string ?? "") ?? 0
                let params: JSONObject = [
                    "id": id, "name": .string("\(count + 1)"), "ifRevision": channel["revision"] ?? .null,
                    "idempotencyKey": .string("\(hand)-\(number)"),
                ]
                do {
                    _ = try await patiently(planes, number) { try await $0.call("channel.update", params) }
                    counts[index, default: 0] += 1
                } catch let failure as RPCFailure where failure.code == -32009 {
                    // Somebody else was faster.
                }
            }
            return counts
        }

        /// Asks the other control plane when one is gone; the key makes sure that a change happens once.
        private func patiently(
            _ planes: [RPCClient], _ number: Int, _ call: (RPCClient) async throws -> JSONValue
        ) async throws -> JSONValue {
            var turn = number
            while true {
                do {
                    return try await call(planes[turn % planes.count])
                } catch let failure as RPCFailure where failure.code > -32050 {
                    throw failure
                } catch {
                    turn += 1
                    guard turn - number < 3000 else { throw error }
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
        }
    }
}
