import ControlAPI
import ControlPlane
import Domain
import JSONCoding
import Sealing
import Support
import Testing

struct TokenMethodTests {
    let bench: ControlBench
    let clock = ManualClock()

    init() throws { bench = try ControlBench() }

    private var verifier: StoredTokens {
        StoredTokens(EnvironmentTokens(admin: "bootstrap", node: nil), store: bench.store, clock: clock)
    }

    @Test func aTokenIsShownOnceAndWorksUntilItIsRevoked() async throws {
        try await bench.makeTenant()
        let created = try await bench.call(
            "token.create", ["name": "Shop", "role": "tenant", "tenantId": "acme"])
        let token = try #require(created["token"]?.string)
        let id = try #require(created["id"]?.string)
        #expect(token.hasPrefix("mct_") && token.utf8.count == 47 && id.hasPrefix("tk_"))
        #expect(
            try await verifier.caller(token: token)
                == Caller(id: id, name: "Shop", role: .tenant, tenantID: "acme"))
        let listed = try await bench.call("token.list")
        #expect(listed["items"]?.array?.count == 1 && !listed.text.contains(token))
        // Neither the token nor anything to make it from is kept.
        #expect(!"\(bench.store.committedState)".contains(token))
        #expect(try await bench.call("token.revoke", ["id": .string(id)])["id"] == .string(id))
        #expect(try await verifier.caller(token: token) == nil)
        #expect(try await bench.failure("token.revoke", ["id": .string(id)]).code == -32004)
    }

    @Test func aTokenExpires() async throws {
        let end = clock.now().adding(milliseconds: 86_400_000)
        let created = try await bench.call(
            "token.create", ["name": "Today", "role": "viewer", "expiresAt": .string(end.description)])
        let token = try #require(created["token"]?.string)
        #expect(try await verifier.caller(token: token)?.role == .viewer)
        clock.advance(milliseconds: 86_399_999)
        #expect(try await verifier.caller(token: token) != nil)
        clock.advance(milliseconds: 1)
        #expect(try await verifier.caller(token: token) == nil)
    }

    @Test func onlyWhatMakesSenseIsTaken() async throws {
        try await bench.makeTenant()
        let cases: [(JSONObject, [String])] = [
            ([:], ["/name", "/role"]), (["name": "", "role": "root"], ["/name", "/role"]),
            (["name": "x", "role": "tenant"], ["/tenantId"]),
            (["name": "x", "role": "viewer", "tenantId": "acme"], ["/tenantId"]),
            (["name": "x", "role": "viewer", "expiresAt": "2020-01-01T00:00:00.000Z"], ["/expiresAt"]),
            (["name": "x", "role": "viewer", "expiresAt": "tomorrow", "scope": "all"], ["/expiresAt", "/scope"]),
        ]
        for (params, paths) in cases {
            let failure = try await bench.failure("token.create", params)
            #expect(failure.code == -32602 && failure.paths == paths, "\(params) \(failure)")
        }
        #expect(
            try await bench.failure("token.create", ["name": "x", "role": "tenant", "tenantId": "none"]).code == -32004)
        #expect(bench.store.committedState.tokens.isEmpty)
    }

    @Test func aRepetitionUnderOneKeyGetsTheSameWithoutTheToken() async throws {
        let params: JSONObject = ["name": "x", "role": "viewer", "idempotencyKey": "once"]
        let first = try await bench.call("token.create", params)
        let second = try await bench.call("token.create", params)
        #expect(first["token"] != nil && second["token"] == nil && first["id"] == second["id"])
        #expect(bench.store.committedState.tokens.count == 1)
    }

    @Test func tokensGoWithTheirTenant() async throws {
        try await bench.makeTenant()
        let created = try await bench.call("token.create", ["name": "x", "role": "tenant", "tenantId": "acme"])
        try await bench.call("tenant.delete", ["id": "acme"])
        #expect(try await verifier.caller(token: created["token"]?.string ?? "") == nil)
    }

    @Test func whatCannotBeATokenIsNotLookedUp() async throws {
        bench.store.fail(with: .unavailable("down"))
        for guess in ["", "x", "mct_", "mct_" + String(repeating: "a", count: 44), String(repeating: "a", count: 47)] {
            #expect(try await verifier.caller(token: guess) == nil)
        }
        #expect(try await verifier.caller(token: "bootstrap")?.role == .admin)
        await #expect(throws: DependencyError.self) {
            try await verifier.caller(token: "mct_" + String(repeating: "a", count: 43))
        }
    }
}
