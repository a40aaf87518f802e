import Encodings
import Sealing
import Testing

@Suite struct HMACTests {
    struct Vector: Sendable {
        var key: [UInt8]
        var message: [UInt8]
        var tag: String
    }

    /// RFC 4231, test cases 1 to 4, 6 and 7.
    static let vectors = [
        Vector(
            key: Array(repeating: 0x0B, count: 20), message: Array("Hi There".utf8),
            tag: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        Vector(
            key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
            tag: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        Vector(
            key: Array(repeating: 0xAA, count: 20), message: Array(repeating: 0xDD, count: 50),
            tag: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        Vector(
            key: Array(1...25), message: Array(repeating: 0xCD, count: 50),
            tag: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        Vector(
            key: Array(repeating: 0xAA, count: 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            tag: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        Vector(
            key: Array(repeating: 0xAA, count: 131),
            message: Array(
                ("This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.").utf8
            ),
            tag: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ]

    @Test(arguments: vectors)
    func publishedVectors(vector: Vector) {
        let key = HMACKey(vector.key)
        // The second time uses a prepared context again.
        for _ in 0..<3 { #expect(Hex.encode(key.tag(of: vector.message)) == vector.tag) }
    }

    @Test func emptyMessagesAndKeys() {
        let tag = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        let key = HMACKey("")
        for _ in 0..<2 { #expect(Hex.encode(key.tag(of: "")) == tag) }
        #expect(key.isEmpty)
        #expect(key.isValid(tag: key.tag(of: "x"), of: UnsafeRawBufferPointer(start: nil, count: 0)) == false)
    }

    @Test func manyTasksShareAKey() async {
        let key = HMACKey("secret")
        let expected = (0..<100).map { HMACKey("secret").tag(of: "message \($0)") }
        let right = await withTaskGroup(of: Int.self) { group in
            for task in 0..<100 {
                group.addTask { (0..<100).count { _ in key.tag(of: "message \(task)") == expected[task] } }
            }
            return await group.reduce(0, +)
        }
        #expect(right == 10_000)
    }

    @Test func digests() {
        #expect(
            Hex.encode(SHA256.digest("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(Hex.encode(SHA256.digest("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(BearerToken.hash("abc") == Hex.encode(SHA256.digest(Array("abc".utf8))))
    }

    @Test func tokensDiffer() throws {
        let tokens = try (0..<100).map { _ in try BearerToken.generate() }
        #expect(Set(tokens).count == 100)
        #expect(tokens.allSatisfy { $0.utf8.count == 47 && $0.hasPrefix("mct_") })
    }

    @Test func comparing() {
        #expect(ConstantTime.equal("token", "token"))
        #expect(!ConstantTime.equal("token", "tokem"))
        #expect(!ConstantTime.equal("token", "toke"))
        #expect(!ConstantTime.equal("token", ""))
        #expect(ConstantTime.equal("", ""))
        // Bytes count, not what Unicode takes for the same.
        #expect(!ConstantTime.equal("\u{E9}", "e\u{301}"))
    }
}
