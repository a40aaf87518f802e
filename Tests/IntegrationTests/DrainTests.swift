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
                order.retry = true
                let load = try Load(order, in: site.folder)
                try await load.reached(150)
                // The balancer looks elsewhere at once: what the node grants it for that is little on a busy machine.
                site.node(0).signal(SIGTERM)
                load.leaveFirstPort()
                // 503, or nobody there any more where we looked late.
                try await eventually("the node to be unready", every: .milliseconds(10)) {
                    await site.readiness(site.nodeURLs[0]) != 200
                }
                #expect(try await site.node(0).ended(within: .seconds(90)) == .code(0))
                let report = try await load.finished()
                #expect(report.statuses[200] == 600 && report.isTaken(butForSlowConfirms: 0.07), "\(report.text)")
                #expect(report.connectionErrors == 0 && report.lost == 0, "\(report.text)")
                try await site.expectOneAnswerEach(report, by: shop, drain: [1])
            }
        }

        @Test("An idle node ends within the bound, with exit code 0; so does the control plane")
        func idle() async throws {
            try await Site.run(nodes: 1) { site in
                for program in [site.node(0), site.control] {
                    program.signal(SIGTERM)
                    let exit = try await program.ended(within: .seconds(40))
                    #expect(exit == .code(0), "\(program.name)")
                }
            }
        }
    }
}
