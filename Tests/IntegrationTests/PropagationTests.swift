import Support
import Testing

extension IntegrationTests {
    @Suite struct PropagationTests {
        /// Milliseconds that half of the changes stay below on any machine, and that nodes which only look for changes
        /// now and then do not reach. The promise is about milliseconds: the benchmark script measures in quiet.
        private static let bound = 500.0

        @Test("100 changes of the verify token are live on both nodes, while webhooks flow and all get 200")
        func underLoad() async throws {
            try await Site.run { site in
                let shop = try await site.addShop("turncoat")
                var order = Load.Order(shop, to: site.nodeURLs, count: 100_000)
                order.rate = 60
                order.connections = 8
                order.retry = true
                let load = try Load(order, in: site.folder)
                try await load.reached(20)
                let times = try await Self.measure(site, shop, changes: 100)
                load.stop()
                let report = try await load.finished()
                #expect(report.isTaken(butForSlowConfirms: 0.02), "\(report.text)")
                #expect(report.connectionErrors == 0 && report.lost == 0, "\(report.text)")
                Figures.note("propagation, webhooks flowing", times)
                #expect(times.percentile(0.5) < Self.bound)
            }
        }

        @Test("100 changes of the verify token in quiet")
        func inQuiet() async throws {
            try await Site.run { site in
                let shop = try await site.addShop("quiet")
                let times = try await Self.measure(site, shop, changes: 100)
                Figures.note("propagation, quiet", times)
                #expect(times.percentile(0.5) < Self.bound)
            }
        }

        /// Milliseconds from the RPC's answer until both nodes take the new token and no longer the old one, measured by
        /// Tests/Benchmarks/ConfigProbe.
        private static func measure(_ site: Site, _ shop: Shop, changes: Int) async throws -> [Double] {
            let ports = site.nodeURLs.map { "\(Site.port($0))" }
            let probe = try ChildProcess(
                name: "config-probe", executable: ProcessFixture.products + "/config-probe",
                arguments: [
                    "\(Site.port(site.controlURL))", site.adminToken, shop.id, shop.channelID, "\(changes)", "5",
                ] + ports,
                log: "\(site.folder)/probe.log")
            let exit = try await probe.ended(within: .seconds(600))
            let times = probe.output.split(separator: "\n").compactMap { Double($0) }
            guard exit == .code(0), times.count == changes else {
                throw InVain(description: "config-probe: \(exit): \(probe.output)")
            }
            return times
        }
    }
}
