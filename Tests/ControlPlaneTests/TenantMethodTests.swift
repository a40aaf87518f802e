import ControlAPI
import Domain
import JSONCoding
import Support
import Testing

struct TenantMethodTests {
    let bench: ControlBench

    init() throws { bench = try ControlBench() }

    @Test func aTenantIsCreatedReadChangedAndDeleted() async throws {
        let created = try await bench.call(
            "tenant.create", ["id": "acme", "name": "Acme", "settings": ["brandName": "Acme", "tone": nil]])
        #expect(created["revision"] == 1)
        #expect(created["enabled"] == true)
        #expect(created["settings"] == ["brandName": "Acme"])
        #expect(try await bench.call("tenant.get", ["id": "acme"]) == created)

        let updated = try await bench.call(
            "tenant.update",
            ["id": "acme", "name": "Acme Ltd.", "settings": ["llm": ["provider": "openai"], "tone": "casual"]])
        #expect(updated["revision"] == 2)
        #expect(updated["name"] == "Acme Ltd.")
        #expect(updated["settings"] == ["brandName": "Acme", "llm": ["provider": "openai"], "tone": "casual"])
        #expect(updated["createdAt"] == created["createdAt"])

        #expect(try await bench.call("tenant.delete", ["id": "acme"]) == ["id": "acme", "revision": 3])
        #expect(try await bench.failure("tenant.get", ["id": "acme"]).code == -32004)
        #expect(bench.events() == ["tenant upsert acme", "tenant upsert acme", "tenant delete acme"])
    }

    @Test func anIdIsMadeWhereNoneIsGiven() async throws {
        let first = try await bench.call("tenant.create", ["name": "A"])
        let second = try await bench.call("tenant.create", ["name": "A"])
        #expect(first["id"] != second["id"])
        #expect(first["id"]?.string?.hasPrefix("tn_") == true)
    }

    @Test func anIdIsTakenOnce() async throws {
        try await bench.makeTenant()
        let failure = try await bench.failure("tenant.create", ["id": "acme", "name": "B"])
        #expect(failure.code == -32009)
        #expect(failure.data["currentRevision"] == 1)
        #expect(bench.revision == 1)
    }

    @Test func mergePatchesMergeAndAreCheckedAsAWhole() async throws {
        try await bench.call(
            "tenant.create",
            [
                "id": "acme", "name": "A",
                "settings": ["ragConfig": ["topK": 5, "hybridWeights": ["keyword": 1, "vector": 2]]],
            ])
        let merged = try await bench.call(
            "tenant.update",
            ["id": "acme", "settings": ["ragConfig": ["hybridWeights": ["vector": nil, "keyword": 3]]]])
        #expect(merged["settings"] == ["ragConfig": ["topK": 5, "hybridWeights": ["keyword": 3]]])

        let failure = try await bench.failure(
            "tenant.update",
            ["id": "acme", "settings": ["ragConfig": ["topK": 51, "hybridWeights": ["image": 1]], "Tone": "x"]])
        #expect(failure.code == -32602)
        #expect(
            failure.paths == [
                "/settings/Tone", "/settings/ragConfig/hybridWeights/image", "/settings/ragConfig/topK",
            ])
        let after = try await bench.call("tenant.get", ["id": "acme"])
        #expect(after == merged)
    }

    @Test func aStaleRevisionIsAConflict() async throws {
        try await bench.makeTenant()
        try await bench.call("tenant.update", ["id": "acme", "name": "B", "ifRevision": 1])
        for method in ["tenant.update", "tenant.delete"] {
            let failure = try await bench.failure(method, ["id": "acme", "ifRevision": 1])
            #expect(failure.code == -32009)
            #expect(failure.data == ["currentRevision": 2])
        }
        try await bench.call("tenant.delete", ["id": "acme", "ifRevision": 2])
    }

    @Test func deletingCascadesWithOneEventEach() async throws {
        try await bench.makeTenant()
        try await bench.makeTenant("other")
        try await bench.makeChannel("wa", secrets: ["accessToken": "t", "appSecret": "s"])
        try await bench.makeChannel("wb", number: "112")
        try await bench.makeChannel("wc", tenant: "other", secrets: ["appSecret": "s"])
        try await bench.call("secret.set", ["tenantId": "acme", "name": "llm.apiKey", "value": "k"])
        let before = bench.revision
        let deleted = try await bench.call("tenant.delete", ["id": "acme"])
        #expect(
            bench.events(after: before) == [
                "secret delete /llm.apiKey", "secret delete wa/accessToken", "secret delete wa/appSecret",
                "channel delete wa", "channel delete wb", "tenant delete acme",
            ])
        #expect(deleted["revision"] == .integer(before + 6))
        let state = bench.store.committedState
        #expect(state.channels.keys.sorted() == ["wc"])
        #expect(state.secrets.keys.map(\.channelID) == ["wc"])
        #expect(state.outbox.map(\.revision) == Array(1...before + 6))
        #expect(state.outbox.last?.data == .null)
    }

    @Test func listsArePaged() async throws {
        for index in 1...5 { try await bench.makeTenant("t\(index)") }
        var seen: [String] = []
        var params: JSONObject = ["limit": 2]
        var pages = 0
        repeat {
            let page = try await bench.call("tenant.list", params)
            seen += page["items"]?.array?.compactMap { $0["id"]?.string } ?? []
            params["cursor"] = page["nextCursor"]
            pages += 1
        } while params["cursor"] != .null && pages < 10
        #expect(seen == ["t1", "t2", "t3", "t4", "t5"])
        #expect(pages == 3)
        let failure = try await bench.failure("tenant.list", ["cursor": "nonsense"])
        #expect(failure.code == -32602)
        #expect(failure.paths == ["/cursor"])
    }

    @Test func aFailedWriteLeavesNothing() async throws {
        try await bench.makeTenant()
        _ = try await bench.failure("tenant.update", ["id": "acme", "name": "B", "settings": ["x": 1]])
        #expect(bench.store.committedState.tenants["acme"]?.name == "A")
        #expect(bench.revision == 1)
    }

    @Test func anUnreachableDatabaseIsSaid() async throws {
        bench.store.fail(with: .unavailable("connection refused at 10.0.0.7"))
        for (method, params) in [("tenant.list", [:]), ("tenant.create", ["name": "A"] as JSONObject)] {
            let failure = try await bench.failure(method, params)
            #expect(failure.code == -32050)
            #expect(!failure.message.contains("10.0.0.7"))
        }
    }
}
