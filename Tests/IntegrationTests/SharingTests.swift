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
                var order = Load.Order(shops[0], to: site.nodeURLs, count: 800)
                order.path = "/api/integrations/whatsapp/bench-{t}"
                order.number = Shop.numberPattern
                order.tenants = 20
                order.rate = 200
                let report = try await Load(order, in: site.folder).finished()
                #expect(report.statuses == [200: 800], "\(report.text)")
                try await eventually(
                    "800 answers", within: .seconds(90), every: .milliseconds(200),
                    state: "\((try? await site.simulator.sent().count) ?? -1)"
                ) { try await site.simulator.sent().count >= 800 }
                var shares: [Double] = []
                for index in 0..<2 {
                    shares.append(try await site.counter("metachat_inbound_messages_total", of: index))
                }
                let sum = shares.reduce(0, +)
                #expect(sum >= 800, "\(shares)")
                #expect(shares.allSatisfy { $0 >= sum / 3 }, "\(shares)")
                Figures.note("sharing of 20 tenants: \(shares.map { Int($0) })")
            }
        }
    }
}
