import JSONCoding
import Testing

@testable import Simulator

@Suite struct MetaJSONTests {
    private func text(_ value: JSONValue) -> String { String(decoding: MetaJSON.bytes(value), as: UTF8.self) }

    @Test func escapesLikeMeta() {
        #expect(text("Grüße") == #""Gr\u00fc\u00dfe""#)
        #expect(text("👋") == #""\ud83d\udc4b""#)
        #expect(text("a/b \"c\" \\ \n\t\u{1}\u{7F}") == #""a\/b \"c\" \\ \n\t\u0001\u007f""#)
    }

    @Test func readsBackAsItWas() throws {
        let value: JSONValue = [
            "text": "Öffnungszeiten? 👩‍👩‍👧 \u{2028}", "list": [1, -2.5, true, nil], "empty": [:], "é": [],
        ]
        #expect(try JSONValue.parse(MetaJSON.bytes(value)) == value)
    }
}
