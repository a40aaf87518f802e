import Encodings
import Testing

@testable import Sealing

/// Test cases 13 to 16 of the specification that NIST took GCM from (McGrew and Viega, appendix B).
@Suite struct AESGCMTests {
    struct Vector: Sendable {
        var key: String
        var nonce: String
        var plaintext: String
        var context: String
        var ciphertext: String
        var tag: String
    }

    static let key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
    static let plaintext =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
    static let ciphertext =
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"

    static let vectors = [
        Vector(
            key: String(repeating: "0", count: 64), nonce: String(repeating: "0", count: 24), plaintext: "",
            context: "", ciphertext: "", tag: "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        Vector(
            key: String(repeating: "0", count: 64), nonce: String(repeating: "0", count: 24),
            plaintext: String(repeating: "0", count: 32), context: "", ciphertext: "cea7403d4d606b6e074ec5d3baf39d18",
            tag: "d0d1c8a799996bf0265b98b5d48ab919"
        ),
        Vector(
            key: key, nonce: "cafebabefacedbaddecaf888", plaintext: plaintext, context: "", ciphertext: ciphertext,
            tag: "b094dac5d93471bdec1a502270e3cc6c"
        ),
        Vector(
            key: key, nonce: "cafebabefacedbaddecaf888", plaintext: String(plaintext.dropLast(8)),
            context: "feedfacedeadbeeffeedfacedeadbeefabaddad2", ciphertext: String(ciphertext.dropLast(8)),
            tag: "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ]

    @Test(arguments: vectors)
    func publishedVectors(vector: Vector) throws {
        let key = SecretBytes(try #require(Hex.decode(vector.key)))
        let nonce = try #require(Hex.decode(vector.nonce))
        let plaintext = try #require(Hex.decode(vector.plaintext))
        let context = try #require(Hex.decode(vector.context))
        let sealed = try AESGCM.seal(plaintext, key: key, nonce: nonce, context: context)
        #expect(Hex.encode(sealed) == vector.ciphertext + vector.tag)
        #expect(try AESGCM.open(sealed, key: key, nonce: nonce, context: context) == plaintext)
    }
}
