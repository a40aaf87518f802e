import Encodings
import Testing

@Suite struct EncodingsTests {
    /// RFC 4648, section 10.
    @Test(
        arguments: [
            ("", "", ""), ("f", "Zg==", "66"), ("fo", "Zm8=", "666f"), ("foo", "Zm9v", "666f6f"),
            ("foob", "Zm9vYg==", "666f6f62"), ("fooba", "Zm9vYmE=", "666f6f6261"),
            ("foobar", "Zm9vYmFy", "666f6f626172"),
        ] as [(String, String, String)]
    )
    func publishedVectors(plain: String, base64: String, hex: String) {
        #expect(Base64.encode(plain.utf8) == base64)
        #expect(Base64.decode(base64) == Array(plain.utf8))
        #expect(Hex.encode(plain.utf8) == hex)
        #expect(Hex.decode(hex) == Array(plain.utf8))
        #expect(Hex.decode(hex.uppercased()) == Array(plain.utf8))
    }

    @Test(
        arguments: [
            "Z", "Zg", "Zg=", "Zg===", "====", "=", "Z===", "Zh==", "Zm9=", "Zm 8", "Zm8\n", "Zm8=\n", "Zm9v====",
            "Zg==Zg==", "-_8=", "Zmé=", "Z=g=",
        ]
    )
    func base64IsStrict(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test(arguments: ["a", "0x", "gg", "0 ", " 00", "é", "００"])
    func hexIsStrict(text: String) {
        #expect(Hex.decode(text) == nil)
    }

    @Test func everyLengthAndByte() {
        for count in 0..<300 {
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            // Bytes that do not lie in one piece.
            #expect(Base64.encode(AnyCollection(bytes)) == Base64.encode(bytes))
            let url = Base64.encode(bytes).map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }.filter { $0 != "=" }
            #expect(Base64.encodeForURL(bytes) == String(url))
            #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        }
        #expect(Base64.decode(Base64.encode(UInt8.min...UInt8.max)) == Array(UInt8.min...UInt8.max))
        #expect(Base64.encodeForURL([0xFB, 0xFF, 0xFE, 0xFF]) == "-__-_w")
    }
}
