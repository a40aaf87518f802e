import ControlAPI
import Domain
import JSONCoding
import Support
import Testing

struct IdempotencyTests {
    let bench: ControlBench

    init() throws { bench = try ControlBench() }

    @Test func theSameKeyGivesTheSameResult() async throws {
        let params: JSONObject = [
            "name": "Acme", "settings": ["brandName": "A", "tone": "casual"], "idempotencyKey": "k",
        ]
        let first = try await bench.call("tenant.create", params)
        // The order of members is no difference.
        let again = try await bench.call(
            "tenant.create",
            ["idempotencyKey": "k", "settings": ["tone": "casual", "brandName": "A"], "name": "Acme"])
        #expect(again == first)
        #expect(bench.revision == 1)
    }

    @Test func otherParamsUnderOneKeyAreAConflict() async throws {
        try await bench.call("tenant.create", ["id": "a", "name": "A", "idempotencyKey": "k"])
        let failure = try await bench.failure("tenant.create", ["id": "b", "name": "A", "idempotencyKey": "k"])
        #expect(failure.code == -32009)
        // Another caller's key, and another method's, are other keys.
        try await bench.call("tenant.create", ["id": "b", "name": "A", "idempotencyKey": "k"], as: .operator)
        try await bench.call("tenant.update", ["id": "a", "name": "B", "idempotencyKey": "k"])
    }

    @Test func aFailureIsNotKept() async throws {
        let params: JSONObject = ["id": "wa", "name": "B", "idempotencyKey": "k"]
        #expect(try await bench.failure("channel.update", params).code == -32004)
        try await bench.makeTenant()
        try await bench.makeChannel()
        try await bench.call("channel.update", params)
    }

    @Test func parallelDuplicatesGetOneResult() async throws {
        let params: JSONObject = ["name": "Acme", "idempotencyKey": "k"]
        let results = try await withThrowingTaskGroup(of: JSONValue.self) { group in
            for _ in 0..<20 { group.addTask { try await bench.call("tenant.create", params) } }
            return try await group.reduce(into: Set<JSONValue>()) { $0.insert($1) }
        }
        #expect(results.count == 1)
        #expect(bench.revision == 1)
        #expect(bench.store.committedState.tenants.count == 1)
    }

    @Test func parallelDuplicatesOfADocumentArePutOnce() async throws {
        try await bench.makeTenant()
        let params: JSONObject = [
            "tenantId": "acme", "title": "T", "mimeType": "text/plain", "content": "Some words.", "idempotencyKey": "k",
        ]
        let results = try await withThrowingTaskGroup(of: JSONValue.self) { group in
            for _ in 0..<20 { group.addTask { try await bench.call("document.put", params) } }
            return try await group.reduce(into: Set<JSONValue>()) { $0.insert($1) }
        }
        #expect(results.count == 1)
        #expect(results.first?["version"] == 1)
        #expect(bench.documents.putCount == 1)
        let other = params.merging(patch: ["title": "U"])
        #expect(try await bench.failure("document.put", other).code == -32009)
    }

    @Test func deletesReplayToo() async throws {
        try await bench.makeTenant()
        let params: JSONObject = ["id": "acme", "idempotencyKey": "k"]
        let first = try await bench.call("tenant.delete", params)
        #expect(try await bench.call("tenant.delete", params) == first)
    }
}
