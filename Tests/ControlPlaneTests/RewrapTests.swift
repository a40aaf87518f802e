import ControlAPI
import Domain
import JSONCoding
import Sealing
import Support
import Testing

@testable import ControlPlane

struct RewrapTests {
    private let keys: [String]

    init() throws { keys = try (1...3).map { try Keyring.generateKeyEntry(keyID: "k\($0)") } }

    private func bench(_ store: FakeConfigStore = FakeConfigStore(), keys numbers: Int...) throws -> ControlBench {
        try ControlBench(
            store: store, keyring: try Keyring(parsing: numbers.map { keys[$0 - 1] }.joined(separator: ",")))
    }

    private func value(_ name: String, _ bench: ControlBench) throws -> String {
        let key = SecretKey(tenantID: "acme", channelID: "wa", name: name)
        return try SecretSealer(keyring: bench.keyring).open(try #require(bench.store.committedState.secrets[key]))
    }

    @Test func everythingIsSealedUnderTheFirstKeyAndTheOldOneCanGo() async throws {
        let old = try bench(keys: 1)
        try await old.makeTenant()
        try await old.makeChannel(secrets: ["appSecret": "first", "accessToken": "token"])
        try await old.call(
            "secret.set",
            ["tenantId": "acme", "channelId": "wa", "name": "appSecret", "value": "second", "graceSeconds": 3600])
        let both = try bench(old.store, keys: 2, 1)
        let before = old.revision
        let result = try await both.call("secret.rewrap")
        #expect(result == ["rewrapped": 2, "keyId": "k2", "revision": .integer(before + 2)])
        #expect(both.events(after: before) == ["secret upsert wa/accessToken", "secret upsert wa/appSecret"])
        #expect(try await both.call("secret.rewrap")["rewrapped"] == 0)
        let new = try bench(old.store, keys: 2)
        #expect(try value("appSecret", new) == "second" && value("accessToken", new) == "token")
        let kept = try #require(
            new.store.committedState.secrets[SecretKey(tenantID: "acme", channelID: "wa", name: "appSecret")]?.previous)
        #expect(kept.sealed.keyID == "k2" && kept.acceptedUntil > SystemClock().now())
    }

    @Test func withoutTheOldKeyNothingIsTouched() async throws {
        let old = try bench(keys: 1)
        try await old.makeTenant()
        try await old.makeChannel(secrets: ["appSecret": "first"])
        let before = old.store.committedState.secrets
        let failure = try await bench(old.store, keys: 3, 2).failure("secret.rewrap")
        #expect(failure.code == -32009 && failure.data == ["missingKeyIds": ["k1"]])
        #expect(old.store.committedState.secrets == before)
    }

    @Test func aChannelIsTestedWithItsSecretsOpened() async throws {
        let old = try bench(keys: 1)
        try await old.makeTenant()
        try await old.makeChannel(secrets: ["appSecret": "first"])
        #expect(
            try await old.call("channel.test", ["id": "wa"]) == [
                "ok": true,
                "checks": [
                    ["name": "number", "ok": true, "detail": "is there"],
                    ["name": "appSecret", "ok": true, "detail": "is set"],
                ],
            ])
        #expect(old.probe.calls.first?.secrets == ["appSecret": "first"])
        #expect(try await old.failure("channel.test", ["id": "wa"], as: .tenant, tenant: "other").code == -32004)
        let result = try await bench(old.store, keys: 2).call("channel.test", ["id": "wa"])
        #expect(result["ok"] == false)
        #expect(result["checks"]?.array?.first?["name"] == "appSecret" && result["checks"]?.array?.count == 2)
    }
}
