import JSONCoding
import Testing

@Suite struct ReaderTests {
    private enum Colour: String, CaseIterable { case red, green }

    private struct Thing: Equatable {
        var name: String
        var size: Int64
        var colours: [Colour]
        var note: String?
    }

    private func read(_ text: String) throws -> Thing {
        try JSONReader.read(try JSONValue.parse(text)) { reader in
            reader.object { object in
                let name = object.required("name") { $0.identifier(max: 5) }
                let size = object.optional("size", default: 1) { $0.integer(in: 1...9) }
                let colours = object.required("colours/all") { $0.array(max: 3) { $0.oneOf(Colour.self) } }
                let note = object.optional("note~") { $0.string(1...4) }
                guard let name, let size, let colours else { return nil }
                return Thing(name: name, size: size, colours: colours, note: note)
            }
        }
    }

    @Test func readsWhatIsThere() throws {
        #expect(
            try read(#"{"name":"a-b_1","colours/all":["red","green"],"note~":null}"#)
                == Thing(name: "a-b_1", size: 1, colours: [.red, .green], note: nil)
        )
    }

    @Test func findsEveryFaultAtOnce() throws {
        let text = #"{"name":"a b","size":12,"colours/all":["red","blue",3],"note~":"","extra":1,"a/b~c":2}"#
        let faults = try #require(throws: JSONFaults.self) { try read(text) }
        #expect(
            Set(faults.faults.map(\.path)) == [
                "/name", "/size", "/colours~1all/1", "/colours~1all/2", "/note~0", "/extra", "/a~1b~0c",
            ]
        )
        #expect(!faults.description.contains("blue"))
        #expect(faults.json.array?.count == 7)
    }

    @Test func namesAMissingMemberByItsPath() throws {
        let faults = try #require(throws: JSONFaults.self) { try read(#"{"name":"a"}"#) }
        #expect(faults.faults == [JSONFault(path: "/colours~1all", message: "is missing")])
    }

    @Test func wrongKinds() throws {
        let faults = try #require(throws: JSONFaults.self) { try read(#"[]"#) }
        #expect(faults.faults == [JSONFault(path: "", message: "must be an object, is an array")])
    }

    @Test func keepsNoMoreFaultsThanAnyoneReads() throws {
        let many = JSONValue.array(Array(repeating: 1, count: 500))
        let faults = try #require(throws: JSONFaults.self) {
            try JSONReader.read(many) { $0.array { $0.string() } }
        }
        #expect(faults.faults.count == 100)
    }

    @Test func mergePatch() throws {
        let before: JSONObject = ["a": 1, "b": ["c": 2, "d": 3], "e": [1]]
        let patch: JSONObject = ["a": nil, "b": ["c": nil, "f": ["g": nil, "h": 1]], "e": "x", "i": nil]
        #expect(before.merging(patch: patch) == ["b": ["d": 3, "f": ["h": 1]], "e": "x"])
    }

    /// RFC 4648 §10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func bytesAreBase64(_ plain: String, _ text: String) throws {
        #expect(JSONValue(bytes: Array(plain.utf8)) == .string(text))
        #expect(try JSONReader.read(.string(text)) { $0.bytes(0...9) } == Array(plain.utf8))
    }

    @Test func everyByteGoesThroughBase64() throws {
        for length in 0...260 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ length) }
            #expect(try JSONReader.read(JSONValue(bytes: bytes)) { $0.bytes(0...260) } == bytes)
        }
    }

    @Test(arguments: ["Zg", "Zg=", "Zh==", "Zm9=", "Zm9v=", "Z===", "Zm9v Zg=", "Zg==Zg==", "Zm-_"])
    func otherBase64IsRefused(_ text: String) throws {
        #expect(throws: JSONFaults.self) { try JSONReader.read(.string(text)) { $0.bytes(0...9) } }
    }
}
