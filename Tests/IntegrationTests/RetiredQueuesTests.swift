import Broker
import JSONCoding
import Support
import Testing

extension IntegrationTests {
    @Suite struct RetiredQueuesTests {
        @Test("A deleted channel's queues go once they are empty; a new channel of that type has new ones")
        func come() async throws {
            try await Site.run { site in
                let shop = try await site.addShop("closing")
                let neighbour = try await site.addShop("staying", index: 1)
                for shop in [shop, neighbour] { try await answered(shop, site) }
                #expect(try await site.existing([shop.inbound, shop.outbound]).count == 2)
                let channel = try await site.rpc.call("channel.get", ["id": .string(shop.channelID)])
                try await site.rpc.call("channel.delete", ["id": .string(shop.channelID)])
                try await eventually("the queues to be gone", within: .seconds(120), every: .seconds(1)) {
                    try await site.existing([shop.inbound, shop.outbound]).isEmpty
                }
                #expect(try await site.existing([neighbour.inbound, neighbour.outbound]).count == 2)
                // As before, under the same names; and the neighbour never noticed.
                let again = try await site.rpc.call(
                    "channel.create",
                    [
                        "id": .string(shop.channelID), "tenantId": .string(shop.id), "type": "whatsapp",
                        "config": try channel.member("config"),
                        "secrets": [
                            "accessToken": .string(shop.accessToken), "appSecret": .string(shop.appSecret),
                        ],
                    ])
                try await site.converge(at: try again.member("revision").integer ?? 0)
                for shop in [shop, neighbour] { try await answered(shop, site) }
            }
        }

        @Test("RabbitMQ, then PostgreSQL, dies in the middle of a removal: it is undone, and done later")
        func faults() async throws {
            try await Site.run { site in
                let shop = try await site.addShop("closing")
                let neighbour = try await site.addShop("staying", index: 1)
                for shop in [shop, neighbour] { try await answered(shop, site) }
                try await site.rpc.call("channel.delete", ["id": .string(shop.channelID)])
                let rabbit = try await Services.shared.rabbit()
                let postgres = try await Services.shared.postgres()

                // The queue is no longer consumed, and the transaction waits for what we hold.
                let holder = try await site.holdConfig()
                try await eventually("a removal under way", within: .seconds(120)) { try await site.removalWaits() }
                try await rabbit.kill()
                try await site.release(holder)
                try await rabbit.restart()
                #expect(try await site.existing([shop.inbound, shop.outbound]).count == 2)

                _ = try await site.holdConfig()
                try await eventually("another removal", within: .seconds(120)) { try await site.removalWaits() }
                try await PostgresFixture.offPool {
                    try postgres.kill()
                    try postgres.start()
                }
                #expect(try await site.existing([shop.inbound, shop.outbound]).count == 2)

                try await eventually("the queues to be gone", within: .seconds(180), every: .seconds(1)) {
                    try await site.existing([shop.inbound, shop.outbound]).isEmpty
                }
                #expect(try await site.existing([neighbour.inbound, neighbour.outbound]).count == 2)
                try await answered(neighbour, site)
                #expect(site.control.isRunning && site.node(0).isRunning && site.node(1).isRunning)
            }
        }

        private func answered(_ shop: Shop, _ site: Site) async throws {
            let phone = Phone.random()
            try await site.simulator.write(shop, from: phone, Scene.question)
            try await eventually("an answer from \(shop.id)") {
                try await site.simulator.sent(to: phone, by: shop).count == 1
            }
        }
    }
}

extension Site {
    fileprivate func sql(_ text: String) async throws -> String {
        try await PostgresFixture.offPool { try PostgresServer.psql(self.databaseURL, text) }
    }

    /// Locks the config's revision until ``release(_:)`` or the end of the server; gives the session that does.
    fileprivate func holdConfig() async throws -> String {
        let name = "holder-\(UInt32.random(in: 0...UInt32.max))"
        try PostgresServer.startPsql(
            databaseURL,
            "SET application_name = '\(name)'; BEGIN; SELECT FROM config_head FOR UPDATE; SELECT pg_sleep(600)")
        try await eventually("the lock") {
            try await sql(
                "SELECT 1 FROM pg_stat_activity WHERE application_name = '\(name)' AND wait_event = 'PgSleep'") != ""
        }
        return name
    }

    fileprivate func release(_ holder: String) async throws {
        _ = try await sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '\(holder)'")
    }

    fileprivate func removalWaits() async throws -> Bool {
        try await sql(
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%config_head FOR SHARE%'")
            != ""
    }

    /// Which of these queues there are.
    fileprivate func existing(_ names: [String]) async throws -> [String] {
        try await withBroker { broker in
            var found: [String] = []
            for name in names where try await broker.depth(of: name) != nil { found.append(name) }
            return found
        }
    }
}
