import JSONCoding
import Support
import Testing

extension IntegrationTests {
    @Suite struct ChaosTests {
        /// Tests/Benchmarks/chaos takes 20,000 and the release build.
        private static let count = Int(ProcessFixture.setting("METACHAT_CHAOS_WEBHOOKS") ?? "") ?? 2000

        @Test(
            "Webhooks under load, a node killed in the middle, RabbitMQ restarted: no answer twice, none lost unseen",
            .timeLimit(.minutes(30)))
        func chaos() async throws {
            try await Site.run { site in
                let count = Self.count
                let shop = try await site.addShop("chaos")
                var order = Load.Order(shop, to: site.nodeURLs, count: count)
                order.retry = true
                order.connections = 32
                // As fast as answers are made, about, so that all parts work at once.
                order.rate = ProcessFixture.setting("METACHAT_CHAOS_RATE").flatMap { Double($0) } ?? 150
                let load = try Load(order, in: site.folder)
                let patience = Duration.seconds(300 + count / 20)
                let began = ContinuousClock.now

                try await load.reached(count * 2 / 5, within: patience)
                try await site.node(1).kill()
                try await load.reached(count * 3 / 5, within: patience)
                let rabbit = try await Services.shared.rabbit()
                try await rabbit.stop()
                try await rabbit.restart()
                try await load.reached(count * 4 / 5, within: patience)
                try await site.restartNode(1)

                let report = try await load.finished(within: patience)
                #expect(report.statuses[200] == count, "\(report.text)")
                #expect(report.lost == 0 && report.without503RetryAfter == 0, "\(report.text)")
                // The promise is 5 s; this machine is as busy as can be.
                #expect(report.slowest503 < 10_000, "\(report.text)")
                #expect(Set(report.statuses.keys).isSubset(of: [200, 503]), "\(report.text)")
                // What the killed node had in the air at most: SENDER_PREFETCH.
                try await site.expectOneAnswerEach(report, by: shop, drain: [0, 1], unknowable: 64, within: patience)
                let seconds = (ContinuousClock.now - began).milliseconds / 1000
                Figures.note("chaos: \(count) webhooks, one answer each, \(Figures.rounded(seconds)) s; \(report.text)")
            }
        }
    }
}
