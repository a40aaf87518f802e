import Encodings
import Foundation
import JSONCoding
import Sealing
import Support
import Testing

extension IntegrationTests {
    @Suite struct SecretsTests {
        /// Found everywhere, so that it shows that the search finds.
        private static let canary = "canary-that-is-no-secret"

        @Test("Of more than 50 planted secrets none is in an answer, log, table, metric, cache file or fanout message")
        func nowhere() async throws {
            let planted = Planted()
            try await Site.run(settings: Self.settings(planted)) { site in
                let config = try await FanoutRecorder(exchange: "metachat.config", at: site.brokerURL)
                let nodes = try await FanoutRecorder(exchange: "metachat.nodes", at: site.brokerURL)
                planted.note("admin token", site.adminToken)
                planted.note("node token", site.nodeToken)
                site.rpc.keepAnswers()
                let cache = site.folder + "/cache.sealed"
                let port = try ProcessFixture.freePorts(1)[0]
                try site.launch(
                    "node-cache", ["node", "--roles", "edge"],
                    settings: [
                        "METACHAT_NODE_BIND": "127.0.0.1:\(port)", "METACHAT_NODE_ID": "cache",
                        "METACHAT_CONFIG_CACHE": cache,
                    ])
                try await site.ready("http://127.0.0.1:\(port)")
                let shop = try await site.addShop("vault")
                planted.note("app secret", shop.appSecret)
                planted.note("access token", shop.accessToken)

                var more = try await SecretsScene(site: site, shop: shop, planted: planted).play()
                try await site.rpc.call("tenant.update", ["id": "vault", "name": .string(Self.canary)])
                more += try await Self.converse(site, shop, planted)
                more.append(try await HTTP.get("http://127.0.0.1:\(port)/metrics").text)
                let revision = try await site.rpc.call("fleet.list").member("revision").integer ?? 0
                try await site.converge(at: revision)
                #expect(planted.count >= 50)
                // So that what is logged and published late is there too.
                site.program("node-cache").signal(15)
                try await site.drain([0, 1])
                _ = try await site.program("node-cache").ended(within: .seconds(40))
                site.control.signal(15)
                _ = try await site.control.ended(within: .seconds(90))

                let dump = try await PostgresFixture.offPool { try Self.dump(site.databaseURL) }
                let places: [(name: String, text: String)] = [
                    ("answers of the control plane", site.rpc.keptAnswers.joined(separator: "\n")),
                    ("other answers and metrics", more.joined(separator: "\n")), ("database", dump),
                    ("metachat.config", config.texts.joined(separator: "\n")),
                    ("metachat.nodes", nodes.texts.joined(separator: "\n")),
                    ("cache file", ProcessFixture.text(ofFile: cache)),
                    ("log of the control plane", site.control.output), ("log of node 0", site.node(0).output),
                    ("log of node 1", site.node(1).output), ("log of node-cache", site.program("node-cache").output),
                ]
                for (place, text) in places {
                    #expect(text.utf8.count > 200, "hardly anything was kept of \(place)")
                    let found = planted.found(in: text)
                    #expect(found.isEmpty, "\(found) in \(place)")
                }
                for (place, text) in places.prefix(4) where place != "other answers and metrics" {
                    #expect(text.contains(Self.canary), "the search does not find what is in \(place)")
                }
                await config.end()
                await nodes.end()
            }
        }

        /// Two master keys, and everything that a process may be given in its environment.
        private static func settings(_ planted: Planted) -> [String: String] {
            let keys = (0..<2).map { _ in Base64.encode((0..<32).map { _ in UInt8.random(in: 0...255) }) }
            for (index, key) in keys.enumerated() { planted.note("master key \(index)", key) }
            var settings = [
                "METACHAT_LOG": "trace", "METACHAT_MASTER_KEYS": "k2:\(keys[0]),k1:\(keys[1])",
            ]
            for name in [
                "WHATSAPP_VERIFY_TOKEN", "WHATSAPP_ACCESS_TOKEN", "WHATSAPP_APP_SECRET", "MESSENGER_VERIFY_TOKEN",
                "MESSENGER_PAGE_ACCESS_TOKEN", "MESSENGER_APP_SECRET", "WEBCHAT_SHARED_TOKEN",
            ] { settings[name] = planted.make(name) }
            return settings
        }

        /// Webhooks and sends that use the secrets, and a platform that refuses one.
        private static func converse(_ site: Site, _ shop: Shop, _ planted: Planted) async throws -> [String] {
            let rpc = site.rpc
            let channel: JSONObject = ["tenantId": .string(shop.id), "channelId": .string(shop.channelID)]
            let (token, secret) = (planted.make("verify token"), planted.make("new app secret"))
            try await rpc.call(
                "secret.set", channel.merging(patch: ["name": "webhookVerifyToken", "value": .string(token)]))
            let set = try await rpc.call(
                "secret.set",
                channel.merging(patch: ["name": "appSecret", "value": .string(secret), "graceSeconds": 3600]))
            try await site.converge(at: try set.member("revision").integer ?? 0)
            var answers: [String] = []
            // Both signatures hold in the grace period; a conversation uses the access token.
            let phone = Phone.random()
            let old = Webhook(shop: shop, from: phone, Scene.question)
            let new = Webhook(shop: shop, raw: old.body, secret: secret)
            for webhook in [old, new] {
                let reply = try await webhook.post(to: site.nodeURLs[0])
                #expect(reply.status == 200)
                answers.append(reply.text)
            }
            answers.append(try await old.post(to: site.nodeURLs[1], signature: "sha256=00").text)
            try await eventually("the answer") { try await !site.simulator.sent(to: phone, by: shop).isEmpty }
            let check = try await Verification.get(shop, at: site.nodeURLs[0], token: token)
            #expect(check.status == 200)
            answers.append(check.text)
            let wrong = try await Verification.get(
                shop, at: site.nodeURLs[0], token: planted.make("a verify token that is refused"))
            #expect(wrong.status == 403)
            answers.append(wrong.text)
            // The platform refuses the token: what then is logged and told must not repeat it.
            try await site.simulator.fault(
                ["phoneNumberId": .string(shop.number)], respond: ["code": 190, "status": 401])
            try await Webhook(shop: shop, from: Phone.random(), Scene.question).post(to: site.nodeURLs[0])
            try await eventually("the refusal") {
                try await (site.simulator.totals()["rejected"]?.integer ?? 0) > 0
            }
            for url in site.nodeURLs + [site.controlURL] {
                for path in ["/health", "/ready", "/metrics"] { answers.append(try await HTTP.get(url + path).text) }
            }
            return answers
        }

        private static func dump(_ url: String) throws -> String {
            let process = Process()
            let root = "/usr/lib/postgresql"
            let versions = try FileManager.default.contentsOfDirectory(atPath: root).compactMap { Int($0) }
            process.executableURL = URL(fileURLWithPath: "\(root)/\(versions.max() ?? 15)/bin/pg_dump")
            process.arguments = ["--inserts", "-d", url]
            let output = Pipe()
            process.standardOutput = output
            process.standardInput = FileHandle.nullDevice
            try process.run()
            let data = try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { throw InVain(description: "pg_dump failed") }
            return String(decoding: data, as: UTF8.self)
        }
    }
}
