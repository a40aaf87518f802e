import JSONCoding
import Testing

@Suite struct LimitsTests {
    private func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }

    @Test func depth() throws {
        #expect(throws: Never.self) { try JSONValue.parse(nested(64)) }
        let error = #expect(throws: JSONParseError.self) { try JSONValue.parse(nested(65)) }
        #expect(error?.reason == .tooDeep(limit: 64))
        #expect(error?.position.offset == 65)
    }

    @Test func depthOfObjects() {
        func nested(_ depth: Int) -> String {
            String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
        }
        let limits = JSONLimits(maxDepth: 3)
        #expect(throws: Never.self) { try JSONValue.parse(nested(3), limits: limits) }
        #expect(throws: JSONParseError.self) { try JSONValue.parse(nested(4), limits: limits) }
    }

    @Test func bracketsInStringsAndBesideEachOtherAreNotDepth() throws {
        let limits = JSONLimits(maxDepth: 2)
        let text = #"["[[[[[[\"[[[[{{{{", [], [], {}, {}, "\\", []]"#
        #expect(try JSONValue.parse(text, limits: limits).array?.count == 7)
    }

    @Test func theDeepestAllowedTextFitsTheStack() throws {
        let limits = JSONLimits(maxDepth: 512)
        let value = try JSONValue.parse(nested(512), limits: limits)
        #expect(value.text == nested(512))
        #expect(throws: JSONParseError.self) { try JSONValue.parse(nested(513), limits: limits) }
        #expect(throws: JSONParseError.self) {
            try JSONValue.parse(String(repeating: "[", count: 1_000_000), limits: limits)
        }
    }

    @Test func size() throws {
        let limits = JSONLimits(maxBytes: 100)
        func text(_ count: Int) -> String { "\"" + String(repeating: "x", count: count - 2) + "\"" }
        #expect(try JSONValue.parse(text(100), limits: limits).string?.count == 98)
        let error = #expect(throws: JSONParseError.self) { try JSONValue.parse(text(101), limits: limits) }
        #expect(error?.reason == .tooLarge(limit: 100))
        #expect(JSONLimits.standard.maxBytes == 1_048_576)
        #expect(JSONLimits.webhook.maxBytes == 3_145_728)
    }

    @Test func numberOfValues() throws {
        let limits = JSONLimits(maxValues: 5)
        #expect(throws: Never.self) { try JSONValue.parse("[1,2,3,\",,,,,,,,[[[[\"]", limits: limits) }
        let error = #expect(throws: JSONParseError.self) { try JSONValue.parse("[1,2,{},[],0]", limits: limits) }
        #expect(error?.reason == .tooManyValues(limit: 5))
    }
}
