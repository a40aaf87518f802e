import JSONCoding
import Testing

@Suite struct ParseTests {
    @Test func readsEveryKind() throws {
        let text =
            #" {"a": null, "b": [true, false], "c": -7, "d": 1.5, "e": "x\n\u00e4\ud83d\ude00", "f": {}, "g": []} "#
        let value = try JSONValue.parse(text)
        #expect(
            value == [
                "a": nil, "b": [true, false], "c": -7, "d": 1.5, "e": "x\nä😀", "f": [:], "g": [],
            ]
        )
        #expect(value.object?.keys == ["a", "b", "c", "d", "e", "f", "g"])
    }

    @Test(
        arguments: [
            ("null", nil), ("true", true), ("-0.5", -0.5), ("\"x\"", "x"), ("12", 12), ("[]", []),
        ] as [(String, JSONValue)]
    )
    func anyValueMayBeTheRoot(text: String, expected: JSONValue) throws {
        #expect(try JSONValue.parse(text) == expected)
    }

    @Test(
        arguments: [
            ("9223372036854775807", JSONValue.integer(.max)),
            ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)),
            ("-9223372036854775809", .number(-9_223_372_036_854_775_808)),
            ("123456789012345678901234567890", .number(1.2345678901234568e29)),
            ("1.0", .number(1)),
            ("1e3", .number(1000)),
            ("1E-2", .number(0.01)),
            ("0.00000000000000000000000000001", .number(1e-29)),
            ("12345678901234567890.5e-1", .number(1234567890123456789.05)),
            ("1.12345678901234567890123", .number(1.12345678901234567890123)),
            ("1e-400", .number(0)),
        ] as [(String, JSONValue)]
    )
    func numbersKeepTheirValue(text: String, expected: JSONValue) throws {
        #expect(try JSONValue.parse(text) == expected)
        #expect(try JSONValue.parse("[1,\(text),\"99999999999999999999\"]") == [1, expected, "99999999999999999999"])
    }

    @Test func bigIntegersDoNotTurnTheirNeighboursIntoReals() throws {
        let value = try JSONValue.parse(
            #"{"big":99999999999999999999,"id":9007199254740993,"s":"a\"99999999999999999999"}"#)
        #expect(value["id"] == .integer(9_007_199_254_740_993))
        #expect(value["big"] == .number(1e20))
        #expect(value["s"] == "a\"99999999999999999999")
    }

    @Test(
        arguments: [
            ("", JSONParseError.Reason.truncated), (" \n\t ", .truncated), ("{", .truncated), ("[1,", .truncated),
            ("\"abc", .truncated), ("{\"a\"", .truncated), ("{\"a\":", .truncated), ("nul", .syntax),
            ("[1] 2", .trailing), ("{}{}", .trailing), ("1 x", .trailing), ("null,", .trailing),
            ("[1,]", .syntax), ("{\"a\":1,}", .syntax), ("{a:1}", .syntax), ("'a'", .syntax), ("[1 2]", .syntax),
            ("01", .syntax), ("+1", .syntax), ("1.", .syntax), (".5", .syntax), ("-", .syntax), ("1e", .syntax),
            ("0x10", .trailing), ("NaN", .syntax), ("Infinity", .syntax), ("-Infinity", .syntax), ("True", .syntax),
            ("// x\n1", .syntax), ("/**/1", .syntax), ("\"\t\"", .syntax), ("\"\n\"", .syntax), ("\"\\x\"", .syntax),
            ("\"\\u12\"", .syntax), ("\u{FEFF}{}", .syntax), ("{\"a\" 1}", .syntax), ("{1:1}", .syntax),
            ("{\"a\":1,\"a\":2}", .duplicateKey), ("[{\"b\":{\"a\":1,\"\\u0061\":2}}]", .duplicateKey),
            ("{\"\\u0000\":1}", .nulInKey), ("1e400", .numberOverflow), ("-1e400", .numberOverflow),
            ("[99999999999999999999,1e999]", .numberOverflow), (String(repeating: "9", count: 400), .numberOverflow),
            ("\"\\ud800\"", .syntax), ("\"\\udc00\"", .syntax), ("\"\\ud800\\u0041\"", .syntax),
            ("\"\\ud800\\ud800\"", .syntax), ("\"\\ud83dx\"", .syntax), ("[\"\\udfff\"]", .syntax),
        ] as [(String, JSONParseError.Reason)]
    )
    func refuses(text: String, reason: JSONParseError.Reason) {
        let error = #expect(throws: JSONParseError.self) { try JSONValue.parse(text) }
        // Where a text breaks off inside a token, both words are true.
        let cutOff = error?.reason == .truncated && reason == .syntax && error?.position.offset == text.utf8.count
        #expect(error?.reason == reason || cutOff, "\(text): \(String(describing: error))")
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22], [0x22, 0x80, 0x22], [0x80],
            [0x22, 0xE0, 0x80, 0xAF, 0x22],
        ] as [[UInt8]]
    )
    func refusesBytesThatAreNotUTF8(bytes: [UInt8]) {
        #expect(throws: JSONParseError.self) { try JSONValue.parse(bytes) }
    }

    @Test func refusesNULOutsideOfEscapes() {
        for bytes: [UInt8] in [
            [0], [0x31, 0], [0x22, 0, 0x22], [0x5B, 0, 0x5D], [0x5B, 0x31, 0, 0x5D], [0x7B, 0x7D, 0],
        ] {
            #expect(throws: JSONParseError.self) { try JSONValue.parse(bytes) }
        }
    }

    @Test func keepsNULInStrings() throws {
        let value = try JSONValue.parse(#"["a\u0000b"]"#)
        #expect(value == ["a\0b"])
        #expect(value.text == #"["a\u0000b"]"#)
    }

    @Test func wholeOnlyWhenWhole() throws {
        let bytes = Array(webhook.utf8)
        for end in bytes.indices {
            let error = #expect(throws: JSONParseError.self) { try JSONValue.parse(Array(bytes[..<end])) }
            #expect((0...end).contains(error?.position.offset ?? -1))
        }
        #expect(throws: Never.self) { try JSONValue.parse(bytes) }
    }

    @Test func mutationsGiveAValueOrAnError() throws {
        let original = Array(webhook.utf8)
        let splinters: [[UInt8]] = [
            "[", "{", "\"", "\\", "\\ud800", "9e999", "99999999999999999999", "\u{0}", ",", ":",
        ]
        .map { Array($0.utf8) }
        var random = SeededNumbers(seed: 20_261_122)
        var values = 0
        for _ in 0..<10_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: splinters.randomElement(using: &random) ?? [], at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + 20))
                }
            }
            do {
                let value = try JSONValue.parse(bytes)
                values += 1
                #expect(try JSONValue.parse(value.serialized()) == value)
            } catch {
                #expect((0...bytes.count).contains(error.position.offset))
            }
        }
        // Many mutations change no more than a character inside a string.
        #expect((1000..<9000).contains(values))
    }

    @Test func tellsThePlaceButNotTheText() {
        let error = #expect(throws: JSONParseError.self) {
            try JSONValue.parse("{\n  \"ä\": 1,\n  \"secret\": s3cr3t\n}")
        }
        #expect(error?.position.line == 3)
        #expect((13...20).contains(error?.position.column ?? 0))
        #expect(error?.description.contains("s3cr") == false)
        #expect(error?.description.hasPrefix("line 3, column ") == true)
    }

    @Test func placesAreThoseOfTheTextThatCameIn() {
        let text = "[99999999999999999999, 99999999999999999999, x]"
        let error = #expect(throws: JSONParseError.self) { try JSONValue.parse(text) }
        #expect((45...46).contains(error?.position.offset ?? 0))
    }
}
