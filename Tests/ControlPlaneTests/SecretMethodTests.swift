import ControlAPI
import Domain
import JSONCoding
import Sealing
import Support
import Testing

struct SecretMethodTests {
    let bench: ControlBench
    private let key = SecretKey(tenantID: "acme", channelID: "wa", name: "appSecret")

    init() throws { bench = try ControlBench() }

    private func set(_ value: String, _ more: JSONObject = [:]) async throws -> JSONValue {
        let params: JSONObject = [
            "tenantId": "acme", "channelId": "wa", "name": "appSecret", "value": .string(value),
        ]
        return try await bench.call("secret.set", params.merging(patch: more))
    }

    private func prepare() async throws {
        try await bench.makeTenant()
        try await bench.makeChannel()
    }

    private var stored: StoredSecret? { bench.store.committedState.secrets[key] }

    private func open(_ sealed: SealedBytes?) throws -> String {
        let sealed = try #require(sealed)
        return try bench.keyring.openText(
            SealedValue(keyID: sealed.keyID, nonce: sealed.nonce, ciphertext: sealed.ciphertext),
            context: key.sealingContext)
    }

    @Test func settingGivesAFingerprintAndLeavesTheChannelsRevision() async throws {
        try await prepare()
        let first = try await set("one")
        #expect(first["revision"] == 3)
        #expect(first["keyId"] == "k1")
        #expect(first["fingerprint"]?.string == bench.keyring.fingerprint(of: "one"))
        let second = try await set("two")
        #expect(second["fingerprint"] != first["fingerprint"])
        #expect(try await bench.call("channel.get", ["id": "wa"])["revision"] == 2)
        #expect(bench.events(after: 2) == ["secret upsert wa/appSecret", "secret upsert wa/appSecret"])
        #expect(try open(stored?.sealed) == "two")
        #expect(stored?.previous == nil)
    }

    @Test func duringTheGracePeriodThePreviousValueIsKept() async throws {
        try await prepare()
        _ = try await set("one")
        let answer = try await set("two", ["graceSeconds": 60])
        #expect(try open(stored?.previous?.sealed) == "one")
        let until = try #require(stored?.previous?.acceptedUntil)
        let updated = try #require(stored?.updatedAt)
        #expect(until - updated == 60_000)
        #expect(answer["previousAcceptedUntil"] == .string(until.description))
        // Setting it to what it is keeps the period; a new value without one ends it.
        _ = try await set("two")
        #expect(stored?.previous?.acceptedUntil == until)
        _ = try await set("three")
        #expect(stored?.previous == nil)
    }

    @Test func onlyWhatVerifiesHasAGracePeriod() async throws {
        try await bench.makeTenant()
        for value in ["one", "two"] {
            try await bench.call(
                "secret.set", ["tenantId": "acme", "name": "llm.apiKey", "value": .string(value), "graceSeconds": 60])
        }
        let own = SecretKey(tenantID: "acme", channelID: nil, name: "llm.apiKey")
        let secret = try #require(bench.store.committedState.secrets[own])
        #expect(secret.previous == nil)
    }

    @Test func namesBelongToTheirOwner() async throws {
        try await prepare()
        let base: JSONObject = ["tenantId": "acme", "value": "v"]
        let wrong: [JSONObject] = [
            ["name": "llm.apiKey", "channelId": "wa"], ["name": "pageAccessToken", "channelId": "wa"],
            ["name": "appSecret"],
        ]
        for params in wrong {
            let failure = try await bench.failure("secret.set", base.merging(patch: params))
            #expect(failure.code == -32602)
            #expect(failure.paths == ["/name"])
        }
        try await bench.makeTenant("other")
        let absent: [JSONObject] = [
            ["name": "appSecret", "channelId": "nope"], ["name": "appSecret", "channelId": "wa", "tenantId": "other"],
            ["name": "llm.apiKey", "tenantId": "nobody"],
        ]
        for params in absent {
            #expect(try await bench.failure("secret.set", base.merging(patch: params)).code == -32004)
        }
        #expect(bench.store.committedState.secrets.isEmpty)
    }

    @Test func revisionsAreChecked() async throws {
        try await prepare()
        _ = try await set("one", ["ifRevision": 0])
        let params: JSONObject = ["tenantId": "acme", "channelId": "wa", "name": "appSecret", "value": "x"]
        for stale: Int64 in [0, 2] {
            let failure = try await bench.failure(
                "secret.set", params.merging(patch: ["ifRevision": .integer(stale)]))
            #expect(failure.code == -32009)
            #expect(failure.data == ["currentRevision": 3])
        }
        _ = try await set("two", ["ifRevision": 3])
    }

    @Test func listsShowFingerprintsInPages() async throws {
        try await prepare()
        _ = try await set("one")
        try await bench.call(
            "secret.set", ["tenantId": "acme", "channelId": "wa", "name": "accessToken", "value": "t"])
        try await bench.call("secret.set", ["tenantId": "acme", "name": "llm.apiKey", "value": "k"])
        func names(_ params: JSONObject) async throws -> [String] {
            try await bench.call("secret.list", params)["items"]?.array?.compactMap { $0["name"]?.string } ?? []
        }
        #expect(try await names(["tenantId": "acme"]) == ["llm.apiKey", "accessToken", "appSecret"])
        #expect(try await names(["tenantId": "acme", "channelId": "wa"]) == ["accessToken", "appSecret"])
        let first = try await bench.call("secret.list", ["tenantId": "acme", "limit": 2])
        let cursor = try #require(first["nextCursor"])
        let rest = try await bench.call("secret.list", ["tenantId": "acme", "limit": 2, "cursor": cursor])
        #expect(rest["items"]?.array?.map { $0["name"] } == ["appSecret"])
        #expect(rest["nextCursor"] == .null)
        #expect(try await bench.failure("secret.list", ["tenantId": "acme", "cursor": "x"]).paths == ["/cursor"])
        #expect(try await bench.failure("secret.list", ["tenantId": "nobody"]).code == -32004)
        #expect(try await bench.failure("secret.list", ["tenantId": "acme", "channelId": "no"]).code == -32004)
    }

    @Test func deletingGivesARevision() async throws {
        try await prepare()
        _ = try await set("one")
        let params: JSONObject = ["tenantId": "acme", "channelId": "wa", "name": "appSecret"]
        #expect(try await bench.call("secret.delete", params) == ["id": "wa/appSecret", "revision": 4])
        #expect(bench.events(after: 3) == ["secret delete wa/appSecret"])
        #expect(try await bench.failure("secret.delete", params).code == -32004)
    }
}
