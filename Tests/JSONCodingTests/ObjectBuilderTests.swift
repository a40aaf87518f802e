import JSONCoding
import Testing

@Suite struct ObjectBuilderTests {
    @Test func writesWhatTheValueWouldWrite() {
        var builder = JSONObjectBuilder()
        builder.set("id", "1")
        builder.set("absent", nil as String?)
        builder.setObject("content") {
            $0.set("text", "ä \"quoted\" \\ {")
            $0.setObject("location") {
                $0.set("latitude", 52.52)
                $0.set("count", -3 as Int64)
            }
            $0.setObject("empty") { _ in }
            $0.set("after", true)
        }
        builder.set("no", false)
        builder.set("", ["a", nil, ["b": 0.1]] as JSONValue)
        builder.set("last", .string("{"))
        let value: JSONValue = [
            "id": "1",
            "content": [
                "text": "ä \"quoted\" \\ {", "location": ["latitude": 52.52, "count": -3], "empty": [:], "after": true,
            ],
            "no": false, "": ["a", nil, ["b": 0.1]], "last": "{",
        ]
        #expect(String(decoding: builder.serialized(), as: UTF8.self) == value.text)
    }

    @Test func nothingIsAnEmptyObject() {
        #expect(JSONObjectBuilder().serialized() == Array("{}".utf8))
    }

    @Test func escapesAsJanssonDoes() {
        for first in UInt8.min...0x7F {
            let text = "x" + String(UnicodeScalar(first)) + "y" + String(UnicodeScalar(first))
            var builder = JSONObjectBuilder(capacity: 1)
            builder.set(text, text)
            let value = JSONValue.object([text: .string(text)])
            #expect(builder.serialized() == value.serialized())
        }
    }

    @Test func randomTextsAsJanssonWritesThem() throws {
        var random = SeededNumbers(seed: 3)
        for _ in 0..<2000 {
            let count = Int.random(in: 0...40, using: &random)
            let scalars = (0..<count).map { _ in
                let limit: UInt32 = Bool.random(using: &random) ? 0x80 : 0x11_0000
                return UnicodeScalar(UInt32.random(in: 0..<limit, using: &random)) ?? " "
            }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)
            var builder = JSONObjectBuilder()
            builder.set("t", text)
            let bytes = builder.serialized()
            #expect(bytes == JSONValue.object(["t": .string(text)]).serialized())
            #expect(try JSONValue.parse(bytes)["t"]?.string.map { Array($0.utf8) } == Array(text.utf8))
        }
    }
}
