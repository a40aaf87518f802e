import ControlAPI
import Domain
import JSONCoding
import Sealing
import Support
import Testing

struct ChannelMethodTests {
    let bench: ControlBench

    init() throws { bench = try ControlBench() }

    @Test func aChannelIsCreatedWithItsSecretsInOneTransaction() async throws {
        try await bench.makeTenant()
        try await bench.makeChannel("wa", secrets: ["accessToken": "EAAB-planted", "appSecret": "planted"])
        #expect(
            bench.events(after: 1) == [
                "secret upsert wa/accessToken", "secret upsert wa/appSecret", "channel upsert wa",
            ])
        let channel = try await bench.call("channel.get", ["id": "wa"])
        #expect(channel["revision"] == 4)
        #expect(channel["secrets"]?.object?.keys == ["accessToken", "appSecret"])
        #expect(channel["secrets"]?["accessToken"]?.object?.keys == ["fingerprint", "keyId", "updatedAt"])

        let key = SecretKey(tenantID: "acme", channelID: "wa", name: "accessToken")
        let stored = try #require(bench.store.committedState.secrets[key])
        let sealed = SealedValue(
            keyID: stored.sealed.keyID, nonce: stored.sealed.nonce, ciphertext: stored.sealed.ciphertext)
        #expect(try bench.keyring.openText(sealed, context: "acme/wa/accessToken") == "EAAB-planted")
        #expect(throws: SealingError.self) { try bench.keyring.openText(sealed, context: "acme/wa/appSecret") }
    }

    @Test func secretValuesAppearNowhere() async throws {
        try await bench.makeTenant()
        let planted = ["PLANTED-1", "PLANTED-2", "PLANTED-3", "PLANTED-4"]
        var said = ""
        let requests: [(String, JSONObject)] = [
            (
                "channel.create",
                [
                    "id": "wa", "tenantId": "acme", "type": "whatsapp", "config": .object(ControlBench.config),
                    "secrets": ["accessToken": "PLANTED-1"], "idempotencyKey": "k",
                ]
            ),
            ("channel.create", ["tenantId": "acme", "type": "whatsapp", "secrets": ["accessToken": ["PLANTED-1"]]]),
            ("channel.update", ["id": "wa", "secrets": ["appSecret": "PLANTED-2", "nope": "PLANTED-2"]]),
            ("channel.update", ["id": "wa", "secrets": ["appSecret": "PLANTED-2"]]),
            ("secret.set", ["tenantId": "acme", "channelId": "wa", "name": "nope", "value": "PLANTED-3"]),
            (
                "secret.set",
                ["tenantId": "acme", "channelId": "wa", "name": "appSecret", "value": "PLANTED-3", "graceSeconds": 9]
            ),
            ("secret.set", ["tenantId": "acme", "name": "llm.apiKey", "value": "PLANTED-4"]),
            ("secret.list", ["tenantId": "acme"]), ("channel.get", ["id": "wa"]), ("config.snapshot", [:]),
        ]
        for (method, params) in requests { said += try await bench.answer(method, params).text }
        let state = bench.store.committedState
        said += state.outbox.map(\.json.text).joined()
        said += state.results.values.map { $0.result.text + $0.paramsDigest }.joined()
        said += bench.logs.text
        for value in planted { #expect(!said.contains(value)) }
        #expect(state.secrets.count == 3)
    }

    static let others: [(type: String, config: JSONObject, secret: String)] = [
        ("messenger", ["pageId": "9", "verifyToken": "v"], "pageAccessToken"),
        ("webchat", ["allowedOrigins": ["https://www.example.com"]], "identitySecret"),
    ]

    @Test(arguments: others)
    func theOtherTypesAreKeptToo(_ type: String, _ config: JSONObject, _ secret: String) async throws {
        try await bench.makeTenant()
        let channel = try await bench.call(
            "channel.create",
            [
                "tenantId": "acme", "type": .string(type), "config": .object(config),
                "secrets": .object(JSONObject(members: [(secret, "value")])),
            ])
        #expect(channel["config"] == .object(config))
        #expect(channel["secrets"]?.object?.keys == [secret])
        let failure = try await bench.failure(
            "channel.update", ["id": channel["id"] ?? .null, "config": ["phoneNumberId": "1"]])
        #expect(failure.paths == ["/config/phoneNumberId"])
    }

    @Test func aChannelNeedsItsTenant() async throws {
        let failure = try await bench.failure(
            "channel.create", ["tenantId": "nobody", "type": "whatsapp", "config": .object(ControlBench.config)])
        #expect(failure.code == -32004)
        #expect(bench.revision == 0)
    }

    @Test func updatesMergeAndAreCheckedAsAWhole() async throws {
        try await bench.makeTenant()
        try await bench.makeChannel()
        let updated = try await bench.call(
            "channel.update",
            ["id": "wa", "name": "Support", "config": ["webhookVerifyToken": "v", "partitions": 2], "enabled": false])
        #expect(updated["revision"] == 3)
        #expect(updated["name"] == "Support")
        #expect(updated["enabled"] == false)
        #expect(updated["config"]?["phoneNumberId"] == "111")
        let cleared = try await bench.call(
            "channel.update", ["id": "wa", "name": nil, "config": ["webhookVerifyToken": nil]])
        #expect(cleared["name"] == .null)
        #expect(cleared["config"]?.object?.keys == ["phoneNumberId", "businessAccountId", "partitions"])

        let failure = try await bench.failure(
            "channel.update",
            [
                "id": "wa", "config": ["phoneNumberId": nil, "partitions": 65, "color": 1],
                "secrets": ["pageAccessToken": "x", "a/b": "y"],
            ])
        #expect(failure.code == -32602)
        #expect(
            failure.paths == [
                "/config/color", "/config/partitions", "/config/phoneNumberId", "/secrets/a~1b",
                "/secrets/pageAccessToken",
            ])
        #expect(bench.revision == 4)
    }

    @Test func updatesWithSecretsGiveTheHighestRevision() async throws {
        try await bench.makeTenant()
        try await bench.makeChannel()
        let updated = try await bench.call(
            "channel.update", ["id": "wa", "secrets": ["appSecret": "b"], "ifRevision": 2])
        #expect(bench.events(after: 2) == ["secret upsert wa/appSecret", "channel upsert wa"])
        #expect(updated["revision"] == 4)
        #expect(
            try await bench.failure("channel.update", ["id": "wa", "ifRevision": 2]).data == ["currentRevision": 4])
        try await bench.call("channel.update", ["id": "wa", "ifRevision": 4])
    }

    @Test func aNumberBelongsToOneEnabledChannelOfATenant() async throws {
        try await bench.makeTenant()
        try await bench.makeTenant("other")
        try await bench.makeChannel("a")
        try await bench.makeChannel("elsewhere", tenant: "other")
        var second: JSONObject = ["id": "b", "tenantId": "acme", "type": "whatsapp"]
        second["config"] = .object(ControlBench.config)
        let failure = try await bench.failure("channel.create", second)
        #expect(failure.code == -32009)
        #expect(failure.data == ["channelId": "a", "path": "/config/phoneNumberId"])

        second["enabled"] = false
        try await bench.call("channel.create", second)
        #expect(try await bench.failure("channel.update", ["id": "b", "enabled": true]).code == -32009)
        try await bench.call("channel.update", ["id": "a", "enabled": false])
        try await bench.call("channel.update", ["id": "b", "enabled": true])
        try await bench.call("channel.update", ["id": "a", "enabled": true, "config": ["phoneNumberId": "112"]])
        #expect(
            try await bench.failure("channel.update", ["id": "a", "config": ["phoneNumberId": "111"]]).code == -32009)
        // A change that touches neither is none of this rule's business.
        try await bench.call("channel.update", ["id": "a", "config": ["webhookVerifyToken": "x"]])
    }

    @Test func anExpiredGraphVersionIsLogged() async throws {
        try await bench.makeTenant()
        try await bench.makeChannel()
        try await bench.call("channel.update", ["id": "wa", "config": ["graphVersion": "v26.0"]])
        #expect(!bench.logs.text.contains("expired"))
        try await bench.call("channel.update", ["id": "wa", "config": ["graphVersion": "v17.0"]])
        #expect(bench.logs.text.contains("warning the channel's Graph API version has expired"))
    }

    @Test func deletingTakesTheSecretsAlong() async throws {
        try await bench.makeTenant()
        try await bench.makeChannel("wa", secrets: ["appSecret": "s"])
        let before = bench.revision
        #expect(try await bench.failure("channel.delete", ["id": "wa", "ifRevision": 1]).code == -32009)
        #expect(try await bench.call("channel.delete", ["id": "wa"]) == ["id": "wa", "revision": .integer(before + 2)])
        #expect(bench.events(after: before) == ["secret delete wa/appSecret", "channel delete wa"])
        #expect(try await bench.failure("channel.delete", ["id": "wa"]).code == -32004)
    }

    @Test func listsFilter() async throws {
        try await bench.makeTenant()
        try await bench.makeTenant("other")
        try await bench.makeChannel("a", secrets: ["appSecret": "s"])
        try await bench.makeChannel("b", tenant: "other")
        try await bench.call(
            "channel.create", ["id": "c", "tenantId": "acme", "type": "webchat", "config": [:], "enabled": false])
        func ids(_ params: JSONObject) async throws -> [String] {
            try await bench.call("channel.list", params)["items"]?.array?.compactMap { $0["id"]?.string } ?? []
        }
        #expect(try await ids([:]) == ["a", "b", "c"])
        #expect(try await ids(["tenantId": "acme"]) == ["a", "c"])
        #expect(try await ids(["type": "webchat"]) == ["c"])
        #expect(try await ids(["enabled": true]) == ["a", "b"])
        #expect(try await ids(["tenantId": "nobody"]) == [])
        let first = try await bench.call("channel.list", ["limit": 1])["items"]?.array?.first
        #expect(first == (try await bench.call("channel.get", ["id": "a"])))
    }
}
