import JSONCoding
import Testing

@Suite struct WriteTests {
    @Test func compactAndInOrder() {
        let value: JSONValue = ["z": 1, "a": [true, nil, "x"], "m": ["k": [:], "l": []]]
        #expect(value.text == #"{"z":1,"a":[true,null,"x"],"m":{"k":{},"l":[]}}"#)
        #expect(value.serialized() == Array(value.text.utf8))
    }

    @Test func escapesWhatMustBeEscapedAndNothingElse() {
        let value: JSONValue = "\"\\/\u{8}\u{C}\n\r\t\u{1}\u{7F}ä€😀\u{2028}"
        #expect(value.text == #""\"\\/\b\f\n\r\t\u0001"# + "\u{7F}ä€😀\u{2028}\"")
    }

    @Test func textsThatGrowByEscapingAreWhole() throws {
        let value: JSONValue = .string(String(repeating: "\u{1}", count: 10_000))
        #expect(value.serialized().count == 60_002)
        #expect(try JSONValue.parse(value.text) == value)
    }

    @Test(
        arguments: [
            0.1, 0.2 + 0.1, 1, -1, 100, 1e15, 1e16, 123_456_789_012_345_680, 1e100, .greatestFiniteMagnitude,
            .leastNonzeroMagnitude,
            2.2250738585072014e-308, 52.520008, -13.404954, 1.0 / 3, 4.35, 1e-7, 1e21, -0.0,
        ] as [Double]
    )
    func doublesComeBack(number: Double) throws {
        let text = JSONValue.number(number).text
        let back = try #require(try JSONValue.parse(text).number)
        #expect(back.bitPattern == number.bitPattern, "\(text)")
    }

    @Test func shortDoublesStayShort() {
        #expect(JSONValue.number(0.1).text == "0.1")
        #expect(JSONValue.number(52.520008).text == "52.520008")
        #expect(JSONValue.number(2).text == "2.0")
    }

    @Test func randomDoublesComeBack() throws {
        var random = SeededNumbers(seed: 7)
        for _ in 0..<20_000 {
            let number = Double(bitPattern: random.next())
            guard number.isFinite else { continue }
            #expect(try JSONValue.parse(JSONValue.number(number).text).number == number)
        }
    }

    @Test func integersComeBack() throws {
        for integer: Int64 in [0, 1, -1, .max, .min, 1 << 53 + 1] {
            #expect(JSONValue.integer(integer).text == String(integer))
            #expect(try JSONValue.parse(JSONValue.integer(integer).text) == .integer(integer))
        }
    }

    @Test func aRealWebhookComesBack() throws {
        let value = try JSONValue.parse(webhook)
        #expect(try JSONValue.parse(value.serialized()) == value)
        #expect(try JSONValue.parse(value.text).text == value.text)
    }

    @Test func emptyTextsAndNames() throws {
        let value: JSONValue = ["": ""]
        #expect(value.text == #"{"":""}"#)
        #expect(try JSONValue.parse(value.text) == value)
    }

    @Test func namesThatDifferOnlyInNormalizationStayApart() throws {
        let text = "{\"\u{E9}\":1,\"e\u{301}\":2}"
        let value = try JSONValue.parse(text)
        #expect(value.object?.count == 2)
        #expect(value == value)
        #expect(Array(value.text.utf8) == Array(text.utf8))
    }
}
