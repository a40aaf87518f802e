import JSONCoding
import Testing

extension IntegrationTests {
    @Suite struct PropagationTests {
        @Test("100 changes of the verify token are live on both nodes, while webhooks flow and all get 200")
        func underLoad() async throws {
            try await Site.run { site in
                let shop = try await site.addShop("turncoat")
                var order = Load.Order(shop, to: site.nodeURLs, count: 100_000)
                order.rate = 60
                order.connections = 8
                let load = try Load(order, in: site.folder)
                try await load.reached(20)
                let times = try await Self.measure(site, shop, changes: 100)
                load.stop()
                let report = try await load.finished()
                #expect(report.statuses.keys.sorted() == [200], "\(report.text)")
                #expect(report.connectionErrors == 0 && report.lost == 0, "\(report.text)")
                Figures.note("propagation, webhooks flowing", times)
                // On a busy machine; the benchmark script measures in quiet.
                #expect(times.percentile(0.99) < 1000)
            }
        }

        @Test("100 changes of the verify token in quiet")
        func inQuiet() async throws {
            try await Site.run { site in
                let shop = try await site.addShop("quiet")
                let times = try await Self.measure(site, shop, changes: 100)
                Figures.note("propagation, quiet", times)
                #expect(times.percentile(0.99) < 500)
            }
        }

        /// Milliseconds from the RPC's answer until both nodes take the new token.
        private static func measure(_ site: Site, _ shop: Shop, changes: Int) async throws -> [Double] {
            var times: [Double] = []
            var old = shop.verifyToken
            for index in 0..<changes {
                let token = "token-\(index)"
                try await site.rpc.call(
                    "channel.update",
                    ["id": .string(shop.channelID), "config": ["webhookVerifyToken": .string(token)]])
                let answered = ContinuousClock.now
                let slowest = try await withThrowingTaskGroup(of: Duration.self) { group in
                    for url in site.nodeURLs {
                        group.addTask {
                            try await eventually("the new token", within: .seconds(10), every: .milliseconds(1)) {
                                let reply = try await Verification.get(shop, at: url, token: token)
                                guard reply.status == 200 else { return false }
                                #expect(reply.text == Verification.challenge)
                                return true
                            }
                            return ContinuousClock.now - answered
                        }
                    }
                    return try await group.reduce(.zero, max)
                }
                times.append(slowest.milliseconds)
                for url in site.nodeURLs {
                    #expect(try await Verification.get(shop, at: url, token: old).status == 403)
                }
                old = token
            }
            return times
        }
    }
}
