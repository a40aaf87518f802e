import JSONCoding
import Testing

extension IntegrationTests {
    @Suite struct RefusalTests {
        @Test("Webhooks that are not to be taken: 401, 413, 400, 404, and nothing of them in any queue")
        func webhooks() async throws {
            try await Site.run { site in
                let shop = try await site.addShop("strict")
                let other = try await site.addShop("other", index: 1)
                let phone = Phone.random()
                let good = Webhook(shop: shop, from: phone, Scene.question)
                let zeros = "sha256=" + String(repeating: "0", count: 64)
                for node in site.nodeURLs {
                    // Signatures.
                    #expect(try await good.post(to: node, signature: zeros).status == 401)
                    #expect(try await good.post(to: node, signature: "").status == 401)
                    #expect(try await good.post(to: node, signature: String(good.signature.dropFirst(7))).status == 401)
                    let sha1 = good.signature.replacing("sha256=", with: "sha1=")
                    #expect(try await good.post(to: node, signature: sha1).status == 401)
                    let unsigned = try await HTTP.send("POST", node + good.path, body: good.body)
                    #expect(unsigned.status == 401)
                    // Another's secret, the verify token as secret, one byte changed.
                    for secret in [other.appSecret, shop.verifyToken, shop.accessToken] {
                        let forged = Webhook(shop: shop, raw: good.body, secret: secret)
                        #expect(try await forged.post(to: node).status == 401)
                    }
                    var changed = good.body
                    changed[changed.count / 2] ^= 1
                    let tampered = try await Webhook(shop: shop, raw: changed).post(
                        to: node, signature: good.signature)
                    #expect(tampered.status == 401)

                    // Bodies.
                    for text in [
                        "", "no json", "[]", "{\"object\":", "{}", "{\"object\":\"page\"}", "null",
                        "{\"object\":\"whatsapp_business_account\"}", "\u{feff}{}",
                        "{\"object\":\"whatsapp_business_account\",\"entry\":{}}",
                    ] {
                        let status = try await Webhook(shop: shop, raw: Array(text.utf8)).post(to: node).status
                        #expect(status == 400, "\(text)")
                    }
                    let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
                    #expect(try await Webhook(shop: shop, raw: Array(deep.utf8)).post(to: node).status == 400)
                    let notUTF8: [UInt8] = Array("{\"object\":\"".utf8) + [0xff, 0xfe] + Array("\"}".utf8)
                    #expect(try await Webhook(shop: shop, raw: notUTF8).post(to: node).status == 400)

                    // Sizes: 3 MiB are read, one more is not.
                    let limit = 3 << 20
                    let whole = [UInt8](repeating: UInt8(ascii: " "), count: limit)
                    #expect(try await Webhook(shop: shop, raw: whole).post(to: node).status == 400)
                    let over = Webhook(shop: shop, raw: whole + [UInt8(ascii: " ")])
                    #expect(try await over.post(to: node).status == 413)

                    // Places.
                    for path in [
                        "/api/integrations/whatsapp/nobody", "/api/integrations/messenger/\(shop.id)",
                        "/api/integrations/telegram/\(shop.id)", "/api/integrations/whatsapp/",
                        "/api/integrations/whatsapp/\(shop.id)/more", "/api/integrations/whatsapp/..%2f\(shop.id)",
                    ] {
                        let reply = try await HTTP.send(
                            "POST", node + path, headers: [("x-hub-signature-256", good.signature)], body: good.body)
                        #expect(reply.status == 404, "\(path)")
                    }

                    // A number that is none of the tenant's is acknowledged and dropped.
                    let foreign = Webhook(shop: shop, raw: Webhook(shop: other, from: phone, Scene.question).body)
                    #expect(try await foreign.post(to: node).status == 200)
                    // Statuses of nothing that we know do no harm.
                    let status = Webhook(shop: shop, raw: Array(Self.status(of: shop, to: phone).utf8))
                    #expect(try await status.post(to: node).status == 200)
                }
                // The good one, once with its signature in capitals.
                let capitals = "sha256=" + good.signature.dropFirst(7).uppercased()
                #expect(try await good.post(to: site.nodeURLs[0], signature: capitals).status == 200)
                let answers = try await site.answers(to: phone, by: shop, atLeast: 1, through: 1)
                #expect(answers.count == 1)
                #expect(try await site.simulator.sent().count { $0.number == other.number } == 0)
            }
        }

        @Test("The check of a webhook's URL")
        func verification() async throws {
            try await Site.run(nodes: 1) { site in
                let shop = try await site.addShop("checked")
                let node = site.nodeURLs[0]
                let right = try await Verification.get(shop, at: node, token: shop.verifyToken)
                #expect(right.status == 200)
                #expect(right.text == Verification.challenge)
                #expect(right.headers["content-type"]?.hasPrefix("text/plain") == true)
                #expect(try await Verification.get(shop, at: node, token: "wrong").status == 403)
                #expect(try await Verification.get(shop, at: node, token: "").status == 403)
                #expect(try await Verification.get(Shop("nobody"), at: node, token: "x").status == 404)
                let path = "\(node)/api/integrations/whatsapp/\(shop.id)"
                for query in [
                    "", "?hub.mode=subscribe", "?hub.verify_token=\(shop.verifyToken)&hub.challenge=1",
                    "?hub.mode=unsubscribe&hub.verify_token=\(shop.verifyToken)&hub.challenge=1",
                    "?hub.mode=subscribe&hub.verify_token=\(shop.verifyToken)",
                ] {
                    #expect(try await HTTP.get(path + query).status == 400, "\(query)")
                }
                // Disabled is gone.
                let change = try await site.rpc.call(
                    "channel.update", ["id": .string(shop.channelID), "enabled": false])
                try await site.converge(at: try change.member("revision").integer ?? 0)
                #expect(try await Verification.get(shop, at: node, token: shop.verifyToken).status == 404)
                #expect(try await Webhook(shop: shop, from: "4915", "x").post(to: node).status == 404)
            }
        }

        private static func status(of shop: Shop, to phone: String) -> String {
            """
            {"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"value":{"messaging_product":\
            "whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"\(shop.number)"},\
            "statuses":[{"id":"wamid.nobody","status":"delivered","timestamp":"1763800000","recipient_id":\
            "\(phone)"}]},"field":"messages"}]}]}
            """
        }
    }
}
