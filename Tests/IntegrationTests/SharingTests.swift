import JSONCoding
import Testing

extension IntegrationTests {
    @Suite struct SharingTests {
        @Test("Two nodes and 20 tenants under load: neither handles less than a third")
        func twentyTenants() async throws {
            try await Site.run { site in
                var shops: [Shop] = []
                for index in 0..<20 {
                    shops.append(
                        try await site.addShop("bench-\(index)", index: index, appSecret: "one-secret-for-all"))
                }
                var order = Load.Order(shops[0], to: site.nodeURLs, count: 100)
                order.path = "/api/integrations/whatsapp/bench-{t}"
                order.number = Shop.numberPattern
                order.tenants = 20
                order.rate = 200
                order.retry = true
                // So that the queues are there, and have their owners.
                var shares = try await Self.shares(of: order, at: site)
                order.count = 800
                // A node that a busy machine lets say nothing for seconds counts as gone meanwhile: once is an accident.
                for _ in 0..<3 {
                    shares = try await Self.shares(of: order, at: site)
                    if Self.isFair(shares) { break }
                }
                #expect(shares.reduce(0, +) >= 800 && Self.isFair(shares), "\(shares)")
                Figures.note("sharing of 20 tenants: \(shares.map { Int($0) })")
            }
        }

        private static func isFair(_ shares: [Double]) -> Bool {
            shares.allSatisfy { $0 >= shares.reduce(0, +) / 3 }
        }

        /// What each node handles of a load.
        private static func shares(of order: Load.Order, at site: Site) async throws -> [Double] {
            let (handled, answered) = (try await handled(at: site), try await site.simulator.sent().count)
            let report = try await Load(order, in: site.folder).finished()
            #expect(report.statuses[200] == order.count && report.lost == 0, "\(report.text)")
            try await eventually(
                "\(order.count) answers", within: .seconds(300), every: .milliseconds(200),
                state: "\((try? await site.simulator.sent().count) ?? -1)"
            ) { try await site.simulator.sent().count >= answered + order.count }
            return zip(try await Self.handled(at: site), handled).map { $0 - $1 }
        }

        private static func handled(at site: Site) async throws -> [Double] {
            var counts: [Double] = []
            for index in 0..<2 { counts.append(try await site.counter("metachat_inbound_messages_total", of: index)) }
            return counts
        }
    }
}
