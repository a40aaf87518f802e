import JSONCoding
import Sealing
import Support
import Testing

extension IntegrationTests {
    @Suite struct RotationTests {
        @Test("Master keys are rotated under webhooks: added, first, rewrapped, the old one dropped; every answer 200")
        func rolling() async throws {
            try await Site.run { site in
                let shop = try await site.addShop("rotator")
                let old = site.masterKeys
                let new = try Keyring.generateKeyEntry(keyID: "k2")
                var order = Load.Order(shop, to: site.nodeURLs, count: 100_000)
                order.rate = 40
                order.connections = 8
                // A balancer sends what a restarting node refuses to the other one.
                order.retry = true
                let load = try Load(order, in: site.folder)
                try await load.reached(20)
                for keys in ["\(old),\(new)", "\(new),\(old)"] { try await roll(site, keys: keys) }
                let result = try await site.rpc.call("secret.rewrap")
                #expect(result["keyId"] == "k2" && result["rewrapped"] == 2)
                try await site.converge(at: result["revision"]?.integer ?? 0)
                try await roll(site, keys: new)
                // What was sealed under the old key alone would show now.
                try await site.fleetIsReady()
                let before = load.progress
                try await load.reached(before + 60)
                load.stop()
                let report = try await load.finished()
                #expect(Set(report.statuses.keys).isSubset(of: [200, 503]), "\(report.text)")
                #expect(report.lost == 0 && report.statuses[401] == nil, "\(report.text)")
                Figures.note("rotation under webhooks: \(report.text)")
                let again = try await site.rpc.call("secret.rewrap")
                #expect(again["rewrapped"] == 0)
            }
        }

        /// Restarts everything, one program after the other, under these keys.
        private func roll(_ site: Site, keys: String) async throws {
            site.control.signal(15)
            #expect(try await site.control.ended(within: .seconds(90)) == .code(0))
            try site.launch("control", ["control"], settings: ["METACHAT_MASTER_KEYS": keys])
            try await site.ready(site.controlURL)
            for index in site.nodeURLs.indices {
                site.node(index).signal(15)
                #expect(try await site.node(index).ended(within: .seconds(90)) == .code(0))
                try site.launch(
                    "node\(index)", ["node", "--roles", "edge,worker"], node: index,
                    settings: ["METACHAT_MASTER_KEYS": keys])
                try await site.ready(site.nodeURLs[index])
            }
        }
    }
}
