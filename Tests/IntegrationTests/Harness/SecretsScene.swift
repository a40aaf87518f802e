import JSONCoding
import Testing

/// Secrets of every kind set, replaced, used, refused and read back through the control plane.
struct SecretsScene {
    let site: Site
    let shop: Shop
    let planted: Planted

    /// - Returns: answers other than those that the site's client keeps.
    func play() async throws -> [String] {
        try await setChannels()
        try await setTenants()
        try await makeTokens()
        try await makeHooks()
        let answers = try await refuse()
        try await readBack()
        return answers
    }

    private var rpc: RPCClient { site.rpc }
    private var tenant: JSONObject { ["tenantId": .string(shop.id)] }
    /// What it answers is not kept: results that are shown once.
    private var quiet: RPCClient { RPCClient(url: site.controlURL, token: site.adminToken) }

    private func value(_ name: String) -> JSONValue { .string(planted.make(name)) }
    private func with(_ object: JSONObject, _ more: JSONObject) -> JSONObject { object.merging(patch: more) }

    private func setChannels() async throws {
        try await rpc.call(
            "channel.create",
            with(
                tenant,
                [
                    "id": "vault-fb", "type": "messenger", "config": ["pageId": "998877665544"],
                    "secrets": [
                        "pageAccessToken": value("page access token"), "appSecret": value("messenger app secret"),
                        "verifyToken": value("messenger verify token"),
                    ],
                ]))
        try await rpc.call(
            "channel.create",
            with(
                tenant,
                [
                    "id": "vault-web", "type": "webchat", "config": ["allowedOrigins": ["https://shop.example.com"]],
                    "secrets": ["token": value("webchat token"), "identitySecret": value("identity secret")],
                ]))
        try await rpc.call(
            "channel.update",
            ["id": "vault-fb", "secrets": ["pageAccessToken": value("replaced page access token")]])
        let token = with(tenant, ["channelId": "vault-web", "name": "token"])
        for round in 1...3 {
            try await rpc.call(
                "secret.set", with(token, ["value": value("webchat token \(round)"), "graceSeconds": 600]))
        }
        let identity = with(tenant, ["channelId": "vault-web", "name": "identitySecret"])
        try await rpc.call("secret.set", with(identity, ["value": value("deleted identity secret")]))
        try await rpc.call("secret.delete", identity)
    }

    private func setTenants() async throws {
        for number in 0..<4 {
            let id = "vault-\(number)"
            try await rpc.call("tenant.create", ["id": .string(id), "name": "Vault"])
            let params: JSONObject = [
                "tenantId": .string(id), "name": "llm.apiKey", "idempotencyKey": "once",
                "value": .string(planted.make("api key \(number)", prefix: "sk-")),
            ]
            if number == 0 {
                // The same key with another value: neither is told.
                try await rpc.call("secret.set", params)
                try await rpc.call("secret.set", params)
                await #expect(throws: RPCFailure.self) {
                    try await rpc.call("secret.set", with(params, ["value": value("another value under one key")]))
                }
            } else {
                try await rpc.call("secret.set", with(params, ["idempotencyKey": .string(id)]))
            }
        }
        try await rpc.call("secret.delete", ["tenantId": "vault-3", "name": "llm.apiKey"])
        try await rpc.call("secret.rewrap")
    }

    private func makeTokens() async throws {
        for role in ["admin", "operator", "viewer", "node", "tenant"] {
            var params: JSONObject = [
                "name": .string("a \(role)"), "role": .string(role), "idempotencyKey": .string(role),
            ]
            if role == "tenant" { params["tenantId"] = .string(shop.id) }
            let made = try await quiet.call("token.create", params)
            let token = try made.member("token").string ?? ""
            planted.note("\(role)'s token", token)
            // A repetition does not show it again.
            try await rpc.call("token.create", params)
            _ = try? await RPCClient(url: site.controlURL, token: token).call("tenant.list")
            if role == "viewer" {
                try await rpc.call("token.revoke", ["id": try made.member("id")])
                _ = try? await RPCClient(url: site.controlURL, token: token).call("tenant.list")
            }
        }
    }

    private func makeHooks() async throws {
        for number in 0..<3 {
            let key: JSONObject = ["idempotencyKey": .string("hook-\(number)")]
            let webhook: JSONObject = with(
                with(tenant, key),
                [
                    "id": .string("vault-hook-\(number)"), "url": .string("https://shop.example.com/\(number)"),
                    "events": ["message.received"],
                    "headers": [
                        "Authorization": .string("Bearer " + planted.make("header value \(number)")),
                        "X-Api-Key": value("second header value \(number)"),
                    ],
                ])
            let function: JSONObject = with(
                with(tenant, key),
                [
                    "id": .string("vault-fn-\(number)"), "name": .string("fn_\(number)"), "description": "Does it.",
                    "parameters": ["type": "object"], "url": .string("https://shop.example.com/f\(number)"),
                ])
            for (method, params) in [("webhook.create", webhook), ("function.create", function)] {
                let secret = try await quiet.call(method, params).member("secret").string ?? ""
                planted.note("\(method)'s signing secret \(number)", secret)
                // Standard Webhooks: the key itself is what follows the prefix.
                planted.note("\(method)'s signing key \(number)", String(secret.drop { $0 != "_" }.dropFirst()))
                try await rpc.call(method, params)
            }
        }
        try await rpc.call(
            "webhook.update", ["id": "vault-hook-0", "headers": ["X-Api-Key": value("replaced header value")]])
        try await rpc.call("webhook.delete", ["id": "vault-hook-2"])
        try await rpc.call("function.delete", ["id": "vault-fn-2"])
    }

    // MARK: Refusals

    /// Calls that are refused, each with a value of its own: no error repeats it.
    private func refuse() async throws -> [String] {
        let wa: JSONObject = with(tenant, ["channelId": .string(shop.channelID)])
        let hook: JSONObject = with(tenant, ["url": "https://shop.example.com/x", "events": ["message.sent"]])
        func refused(_ number: Int) -> JSONValue { value("refused value \(number)") }
        let calls: [(String, JSONObject)] = [
            ("secret.set", with(wa, ["name": "no such name!", "value": refused(1)])),
            ("secret.set", with(wa, ["name": "pageAccessToken", "value": refused(2)])),
            ("secret.set", with(wa, ["name": "appSecret", "value": [refused(3)]])),
            ("secret.set", with(wa, ["name": "appSecret", "value": refused(4), "graceSeconds": "long"])),
            ("secret.set", with(tenant, ["channelId": "nobody", "name": "appSecret", "value": refused(5)])),
            ("secret.set", with(wa, ["name": refused(6), "value": "x"])),
            ("channel.update", ["id": .string(shop.channelID), "secrets": ["accessToken": ["x": refused(7)]]]),
            ("channel.update", ["id": .string(shop.channelID), "secrets": ["unknown": refused(8)]]),
            ("channel.update", ["id": "vault-web", "ifRevision": 0, "secrets": ["token": refused(9)]]),
            (
                "channel.create",
                with(
                    tenant, ["type": "whatsapp", "config": ["phoneNumberId": 7], "secrets": ["appSecret": refused(10)]])
            ),
            (
                "channel.create",
                ["tenantId": "nobody", "type": "webchat", "config": [:], "secrets": ["token": refused(11)]]
            ),
            ("webhook.create", with(hook, ["url": "http://127.0.0.1/", "headers": ["X-Key": refused(12)]])),
            ("webhook.create", with(hook, ["headers": ["Host": refused(13)]])),
            ("webhook.create", with(hook, ["headers": ["X-Key": .string("\n" + planted.make("refused value 14"))]])),
            ("webhook.create", with(hook, ["apiKey": refused(15)])),
            (
                "webhook.create",
                with(hook, ["url": .string("https://u:\(planted.make("password in a URL"))@example.com/")])
            ),
            ("tenant.update", ["id": .string(shop.id), "settings": ["llm": ["apiKey": refused(16)]]]),
            ("no.such.method", ["value": refused(17)]),
            ("token.revoke", ["id": refused(18)]),
        ]
        for (method, params) in calls {
            await #expect(throws: RPCFailure.self, "\(method) \(params.keys)") { try await rpc.call(method, params) }
        }
        let secret = planted.make("in what is no JSON")
        for body in [
            #"{"jsonrpc":"2.0","id":1,"method":"secret.set","params":{"value":"\#(secret)",}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"secret.set","params":"\#(planted.make("in params that are none"))"}"#,
            #"{"jsonrpc":"2.0","method":"secret.set","params":{"value":"\#(planted.make("in a notification"))"}}"#,
            #"[{"jsonrpc":"2.0","id":1,"method":"secret.set","params":["\#(planted.make("in a batch"))"]}, 7]"#,
            #"{"jsonrpc":"2.0","id":{"x":"\#(planted.make("in an id that is none"))"},"method":"tenant.list"}"#,
        ] { _ = try await rpc.post(raw: Array(body.utf8)) }

        var answers: [String] = []
        let json = ("content-type", "application/json")
        let wrong = [("authorization", "Bearer " + planted.make("a wrong token", prefix: "mct_")), json]
        answers.append(try await rpc.post(raw: Array("{}".utf8), headers: wrong).text)
        answers.append(try await HTTP.get(site.controlURL + "/api/admin/tenants", headers: wrong).text)
        let right = [("authorization", "Bearer \(site.adminToken)")]
        for body: JSONValue in [
            [
                "tenantId": .string(shop.id), "type": "webchat", "config": 7,
                "secrets": ["token": value("refused by REST")],
            ],
            ["secrets": value("refused by REST, in the wrong place")],
        ] {
            let reply = try await HTTP.post(site.controlURL + "/api/admin/channels", json: body, headers: right)
            #expect(reply.status == 400)
            answers.append(reply.text)
        }
        return answers
    }

    // MARK: Reading

    private func readBack() async throws {
        let wa: JSONObject = with(tenant, ["channelId": .string(shop.channelID)])
        for (method, params) in [
            ("tenant.get", ["id": .string(shop.id)]), ("tenant.list", [:]),
            ("channel.get", ["id": .string(shop.channelID)]), ("channel.get", ["id": "vault-web"]),
            ("channel.list", tenant), ("channel.test", ["id": .string(shop.channelID)]), ("secret.list", wa),
            ("secret.list", tenant), ("webhook.list", tenant), ("webhook.get", ["id": "vault-hook-0"]),
            ("function.list", tenant), ("token.list", [:]), ("config.snapshot", [:]), ("fleet.list", [:]),
            ("audit.list", ["limit": 200]), ("conversation.list", tenant), ("rpc.discover", [:]),
        ] as [(String, JSONObject)] { try await rpc.call(method, params) }
    }
}
