import JSONCoding
import Testing

@Suite struct JSONTextTests {
    private func text(_ text: String, limits: JSONLimits = .standard) throws -> JSONText {
        try JSONText(parsing: text.utf8, limits: limits)
    }

    private func string(_ text: JSONText) -> String { String(decoding: text.bytes, as: UTF8.self) }

    @Test(arguments: [
        (" [ 1 , 2 ]\n", "[1,2]"), (#"{ "b" : 1.0 , "a" : 1e2 }"#, #"{"b":1.0,"a":1e2}"#),
        (#"" a \" b ""#, #"" a \" b ""#), ("\t12345678901234567890 ", "12345678901234567890"),
        (#"["\\", " , "]"#, #"["\\"," , "]"#), ("null", "null"),
    ])
    func whatIsWrittenIsKeptButForWhiteSpace(_ given: String, _ kept: String) throws {
        #expect(string(try text(given)) == kept)
        #expect(string(try text(kept)) == kept)
        #expect(try text(given).value == JSONValue.parse(given))
    }

    @Test(arguments: ["", "[", "[1,]", "{\"a\":1,\"a\":2}", "01", "[1] 2", "\u{FEFF}1"])
    func otherThingsAreRefused(_ given: String) {
        #expect(throws: JSONParseError.self) { try text(given) }
    }

    @Test func limits() {
        #expect(throws: JSONParseError.self) { try text("[[1]]", limits: JSONLimits(maxDepth: 1)) }
        #expect(throws: JSONParseError.self) { try text("[1,2]", limits: JSONLimits(maxValues: 2)) }
        #expect(throws: JSONParseError.self) { try text("[1,2]", limits: JSONLimits(maxBytes: 4)) }
    }

    @Test(arguments: [
        ("[]", []), ("[1]", ["1"]), (#"[[1,2],{"a":[3,4]},"],[",5]"#, ["[1,2]", #"{"a":[3,4]}"#, #""],[""#, "5"]),
        (#"["\"",[]]"#, [#""\"""#, "[]"]),
    ])
    func elements(_ array: String, _ elements: [String]) throws {
        let text = try text(array)
        #expect(text.elements?.map(string) == elements)
        #expect(JSONText(array: text.elements ?? []) == text)
        let split = text.splitFirst
        #expect(split.map { string($0.first) } == elements.first)
        #expect(
            split.flatMap { $0.rest.elements?.map(string) } == (elements.isEmpty ? nil : Array(elements.dropFirst())))
    }

    @Test(arguments: ["{}", "1", #""[1]""#, "null"])
    func whatIsNoArrayHasNoElements(_ given: String) throws {
        #expect(try text(given).elements == nil && text(given).splitFirst == nil)
    }

    @Test func fromAValue() {
        #expect(string(JSONText(["a": [1, nil]])) == #"{"a":[1,null]}"#)
    }
}
