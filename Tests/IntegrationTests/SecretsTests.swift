import Foundation
import JSONCoding
import Sealing
import Support
import Testing

extension IntegrationTests {
    @Suite struct SecretsTests {
        @Test("Planted secrets are in no answer, log, table or fanout message")
        func nowhere() async throws {
            try await Site.run(settings: ["METACHAT_LOG": "trace"]) { site in
                let config = try await FanoutRecorder(exchange: "metachat.config", at: site.brokerURL)
                let nodes = try await FanoutRecorder(exchange: "metachat.nodes", at: site.brokerURL)
                site.rpc.keepAnswers()
                let shop = try await site.addShop("vault")
                var planted = [
                    "app secret": shop.appSecret, "access token": shop.accessToken,
                    "admin token": site.adminToken, "node token": site.nodeToken,
                    "master key": String(site.masterKeys.dropFirst(3)),
                ]
                planted["new app secret"] = Shop.random()
                planted["api key"] = "sk-" + Shop.random()
                planted["verify token"] = Shop.random()
                planted["refused secret"] = Shop.random()

                var more: [String] = []
                try await Self.use(site, shop, planted, answers: &more)
                // So that what is logged and published late is there too.
                try await site.drain([0, 1])
                site.control.signal(15)
                _ = try await site.control.ended(within: .seconds(90))

                let dump = try await PostgresFixture.offPool { try Self.dump(site.databaseURL) }
                #expect(dump.contains(shop.id) && config.texts.contains { $0.contains(shop.channelID) })
                let places: [(String, [String])] = [
                    ("answers of the control plane", site.rpc.keptAnswers), ("answers of the nodes", more),
                    ("log of the control plane", [site.control.output]), ("log of node 0", [site.node(0).output]),
                    ("log of node 1", [site.node(1).output]), ("database", [dump]),
                    ("metachat.config", config.texts), ("metachat.nodes", nodes.texts),
                ]
                for (place, texts) in places {
                    #expect(!texts.isEmpty, "nothing was kept of \(place)")
                    for (name, secret) in planted {
                        for form in Self.forms(of: secret) {
                            #expect(!texts.contains { $0.contains(form) }, "\(name) in \(place)")
                        }
                    }
                }
                await config.end()
                await nodes.end()
            }
        }

        /// Sets, uses, refuses, replaces and deletes secrets; talks; fails.
        private static func use(
            _ site: Site, _ shop: Shop, _ planted: [String: String], answers: inout [String]
        ) async throws {
            func value(_ name: String) -> JSONValue { .string(planted[name]!) }
            let rpc = site.rpc
            let tenant: JSONObject = ["tenantId": .string(shop.id)]
            let channel: JSONObject = ["tenantId": .string(shop.id), "channelId": .string(shop.channelID)]
            func with(_ object: JSONObject, _ more: JSONObject) -> JSONObject { object.merging(patch: more) }

            try await rpc.call("secret.set", with(tenant, ["name": "llm.apiKey", "value": value("api key")]))
            try await rpc.call(
                "secret.set", with(channel, ["name": "webhookVerifyToken", "value": value("verify token")]))
            let set = try await rpc.call(
                "secret.set",
                with(channel, ["name": "appSecret", "value": value("new app secret"), "graceSeconds": 3600]))
            try await site.converge(at: try set.member("revision").integer ?? 0)
            // Faults around a secret's value.
            for params: JSONObject in [
                with(channel, ["name": "no such name!", "value": value("refused secret")]),
                with(channel, ["name": "appSecret", "value": [value("refused secret")]]),
                with(channel, ["name": "appSecret", "value": value("refused secret"), "graceSeconds": "long"]),
                with(tenant, ["channelId": "nobody", "name": "appSecret", "value": value("refused secret")]),
            ] { await #expect(throws: RPCFailure.self) { try await rpc.call("secret.set", params) } }
            await #expect(throws: RPCFailure.self) {
                try await rpc.call(
                    "channel.update",
                    ["id": .string(shop.channelID), "secrets": ["accessToken": ["x": value("refused secret")]]])
            }
            // Both signatures hold in the grace period; a conversation uses the access token.
            let phone = Phone.random()
            let old = Webhook(shop: shop, from: phone, Scene.question)
            let new = Webhook(shop: shop, raw: old.body, secret: planted["new app secret"])
            for webhook in [old, new] {
                let reply = try await webhook.post(to: site.nodeURLs[0])
                #expect(reply.status == 200)
                answers.append(reply.text)
            }
            answers.append(try await old.post(to: site.nodeURLs[1], signature: "sha256=00").text)
            try await eventually("the answer") { try await !site.simulator.sent(to: phone, by: shop).isEmpty }
            let check = try await Verification.get(shop, at: site.nodeURLs[0], token: planted["verify token"]!)
            #expect(check.status == 200)
            answers.append(check.text)
            // The platform refuses the token: what then is logged and told must not repeat it.
            try await site.simulator.fault(
                ["phoneNumberId": .string(shop.number)], respond: ["code": 190, "status": 401])
            let other = Phone.random()
            try await Webhook(shop: shop, from: other, Scene.question).post(to: site.nodeURLs[0])
            try await eventually("the refusal") {
                try await (site.simulator.totals()["rejected"]?.integer ?? 0) > 0
            }
            for url in site.nodeURLs + [site.controlURL] {
                for path in ["/health", "/ready", "/metrics"] { answers.append(try await HTTP.get(url + path).text) }
            }
            for (method, params) in [
                ("tenant.get", ["id": .string(shop.id)]), ("tenant.list", [:]),
                ("channel.get", ["id": .string(shop.channelID)]), ("channel.list", tenant), ("secret.list", channel),
                ("secret.list", tenant), ("config.snapshot", [:]), ("fleet.list", [:]),
                ("conversation.list", tenant), ("rpc.discover", [:]),
            ] as [(String, JSONObject)] { try await rpc.call(method, params) }
            try await rpc.call("secret.delete", with(tenant, ["name": "llm.apiKey"]))
        }

        /// How a secret could be written down.
        private static func forms(of secret: String) -> [String] {
            let bytes = Array(secret.utf8)
            let hex = Hex.encode(bytes)
            // Base 64 of it inside something longer depends on where it starts.
            let base64 = (0..<3).map { shift in
                String(Base64.encode([UInt8](repeating: 0x20, count: shift) + bytes).dropFirst(4).dropLast(4))
            }
            return [secret, hex, hex.uppercased()] + base64
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
