import Domain
import JSONCoding
import Sealing
import Testing

@testable import ConfigSync

@Suite struct SnapshotReadingTests {
    private func answer(_ result: JSONValue) -> [UInt8] {
        let answer: JSONValue = ["jsonrpc": "2.0", "id": 1, "result": result]
        return answer.serialized()
    }

    private func read(_ bytes: [UInt8], pieces: Int? = nil) throws -> SnapshotReading.Outcome {
        var reading = SnapshotReading()
        let size = pieces ?? max(1, bytes.count)
        for start in stride(from: 0, to: bytes.count, by: size) {
            try Array(bytes[start..<min(start + size, bytes.count)]).withUnsafeBytes { try reading.feed($0) }
        }
        return try reading.finish()
    }

    private func state(_ outcome: SnapshotReading.Outcome) -> ConfigSyncMachine.Snapshot? {
        if case .snapshot(let snapshot) = outcome { snapshot } else { nil }
    }

    @Test func inPiecesOfEverySize() throws {
        let keyring = try Keyring.forTests()
        var world = World.acme
        world.putTenant("b", settings: ["brandName": "quote \" brace } bracket ] slash \\ 字"])
        try world.putSecret(SecretKey(tenantID: "acme", channelID: "wa1", name: "appSecret"), "x", keyring: keyring)
        let bytes = answer(world.snapshot.json)
        for size in Array(1...80) + [1000, 100_000] {
            let snapshot = try #require(state(try read(bytes, pieces: size)))
            #expect(snapshot.state.contentHash == world.state.contentHash && snapshot.unreadable.isEmpty)
            #expect(snapshot.state.revision == world.revision)
        }
    }

    @Test func anyLayoutAndOrder() throws {
        let world = World.acme
        let tenant = world.tenants["acme"]?.json.text ?? ""
        let text = """
             { "id" : 1 , "extra" : [ { "result" : { "revision" : 99 } } ] ,
              "result" : { "channels" : [ ] , "news" : { "tenants" : [ 7 ] } , "tenants" : [ \(tenant) ] ,
              "secrets":[] , "functions" : [ {"id":"f"} , 7 ] , "revision" : 12 } , "jsonrpc" : "2.0" }

            """
        let snapshot = try #require(state(try read(Array(text.utf8))))
        #expect(snapshot.state.revision == 12 && snapshot.state.tenants.keys.sorted() == ["acme"])
    }

    @Test func nothingNewer() throws {
        let outcome = try read(
            answer(["revision": 7, "unchanged": true, "tenants": [], "channels": [], "secrets": []]))
        guard case .unchanged = outcome else {
            Issue.record("not recognized")
            return
        }
    }

    @Test func refusalsOfTheControlPlane() {
        let text = #"{"jsonrpc":"2.0","id":1,"error":{"code":-32003,"message":"no","data":{"x":[1]}}}"#
        #expect(throws: SnapshotReading.Failure.refused(code: -32003)) { try read(Array(text.utf8)) }
    }

    @Test func oneUnreadableEntityIsNamed() throws {
        var world = World.acme
        world.putTenant("beta")
        var json = world.snapshot.json.object ?? [:]
        json["tenants"] = .array([
            world.tenants["acme"]?.json ?? .null, ["id": "beta", "name": 7, "revision": 4], ["id": "gamma"],
        ])
        json["secrets"] = [["tenantId": "acme", "channelId": nil, "name": "llm.apiKey", "revision": 2]]
        let snapshot = try #require(state(try read(answer(.object(json)))))
        #expect(snapshot.state.tenants.keys.sorted() == ["acme"])
        #expect(
            snapshot.unreadable.map(\.entity) == [
                .tenant("beta"), .tenant("gamma"),
                .secret(SecretKey(tenantID: "acme", channelID: nil, name: "llm.apiKey")),
            ])
        #expect(snapshot.unreadable.map(\.revision) == [4, 4, 2])
    }

    @Test(arguments: [
        "", " ", "{", "[]", "7", "{}", #"{"result":{}}"#, #"{"result":{"revision":-1}}"#, #"{"result":[]}"#,
        #"{"result":{"revision":1,"tenants":[7]}}"#, #"{"result":{"revision":1,"tenants":[{]}}"#,
        #"{"result":{"revision":1,"tenants":[{"a":01}]}}"#, #"{"result":{"revision":1}}}"#,
        #"{"result":{"revision":1}} {}"#, #"{"result":{"revision":1}"#, #"{"result":{"revision":1"#,
        #"{"result":{"revision":"1"}}"#, #"{{"result":1}"#, #"{result:{"revision":1}}"#, "]", ",", #"{"a":"#,
    ])
    func nonsenseIsMalformed(_ text: String) {
        #expect(throws: SnapshotReading.Failure.self) { try read(Array(text.utf8)) }
    }

    @Test func depthAndSizeAreBounded() throws {
        let deep = String(repeating: "[", count: 300)
        #expect(throws: SnapshotReading.Failure.malformed("tooDeep")) { try read(Array(deep.utf8)) }
        var scanner = SnapshotScanner(pieceLimit: 100)
        let large = Array((#"{"result":{"tenants":[{"id":""# + String(repeating: "x", count: 100)).utf8)
        #expect(throws: SnapshotScanner.Malformed.entityTooLarge) {
            try large.withUnsafeBytes { try scanner.feed($0) { _ in } }
        }
    }

    @Test func mutatedBytesNeverTrap() throws {
        var random = Seeded(state: 0xBEEF)
        let bytes = answer(World.acme.snapshot.json)
        var readable = 0
        for _ in 0..<5000 {
            var mutated = bytes
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let place = Int.random(in: 0..<mutated.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: mutated[place] = UInt8.random(in: 0...255, using: &random)
                case 1: mutated.remove(at: place)
                case 2: mutated.insert(Array("{}[],:\"\\ 1".utf8).randomElement(using: &random) ?? 0, at: place)
                default: mutated.removeSubrange(place...)
                }
                if mutated.isEmpty { mutated = [0x20] }
            }
            if (try? read(mutated, pieces: Int.random(in: 1...200, using: &random))) != nil { readable += 1 }
        }
        #expect(readable > 0)
    }
}
