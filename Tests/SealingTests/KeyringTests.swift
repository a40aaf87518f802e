import Encodings
import Sealing
import Testing

@Suite struct KeyringTests {
    private static let zeros = Base64.encode([UInt8](repeating: 0, count: 32))
    private static let ones = Base64.encode([UInt8](repeating: 1, count: 32))
    private let context = "shop/wa_1/accessToken"

    private func keyring(_ entries: String...) throws -> Keyring {
        try Keyring(parsing: entries.joined(separator: ","))
    }

    @Test func opensWhatItSealed() throws {
        let keyring = try keyring("a:\(Self.ones)")
        for plaintext in ["", "x", "EAAG…token with ünïcode", String(repeating: "long ", count: 100_000)] {
            let sealed = try keyring.seal(plaintext, context: context)
            #expect(sealed.keyID == "a")
            #expect(sealed.nonce.count == 12)
            #expect(sealed.ciphertext.count == plaintext.utf8.count + 16)
            #expect(try keyring.openText(sealed, context: context) == plaintext)
            let travelled = try SealedValue(
                keyID: sealed.keyID, nonceBase64: sealed.nonceBase64, ciphertextBase64: sealed.ciphertextBase64
            )
            #expect(travelled == sealed)
        }
    }

    @Test func neverTheSameTwice() throws {
        let keyring = try keyring("a:\(Self.ones)")
        let nonces = try (0..<1000).map { _ in try keyring.seal("x", context: context).nonce }
        #expect(Set(nonces).count == 1000)
    }

    @Test(arguments: [
        "shop/wa_2/accessToken", "shop2/wa_1/accessToken", "shop/wa_1/appSecret", "shop//accessToken", "",
    ])
    func opensUnderNoOtherContext(other: String) throws {
        let keyring = try keyring("a:\(Self.ones)")
        let sealed = try keyring.seal("x", context: context)
        #expect(throws: SealingError.authenticationFailed) { try keyring.open(sealed, context: other) }
    }

    @Test func opensWithNoOtherKey() throws {
        let sealed = try keyring("a:\(Self.ones)").seal("x", context: context)
        #expect(throws: SealingError.authenticationFailed) {
            try keyring("a:\(Self.zeros)").open(sealed, context: context)
        }
        #expect(throws: SealingError.unknownKey(id: "a")) {
            try keyring("b:\(Self.ones)").open(sealed, context: context)
        }
    }

    @Test func everyBitCounts() throws {
        let keyring = try keyring("a:\(Self.ones)")
        let sealed = try keyring.seal("secret", context: context)
        for index in sealed.ciphertext.indices {
            for bit in 0..<8 {
                var altered = sealed
                altered.ciphertext[index] ^= 1 << bit
                #expect(throws: SealingError.authenticationFailed) { try keyring.open(altered, context: context) }
            }
        }
        for index in sealed.nonce.indices {
            var altered = sealed
            altered.nonce[index] ^= 1
            #expect(throws: SealingError.authenticationFailed) { try keyring.open(altered, context: context) }
        }
    }

    @Test func malformedValuesAreRefused() throws {
        let keyring = try keyring("a:\(Self.ones)")
        let sealed = try keyring.seal("x", context: context)
        for count in 0..<16 {
            let short = SealedValue(keyID: "a", nonce: sealed.nonce, ciphertext: Array(sealed.ciphertext.prefix(count)))
            #expect(throws: SealingError.malformed) { try keyring.open(short, context: context) }
        }
        for count in [0, 11, 13, 16] {
            let odd = SealedValue(keyID: "a", nonce: Array(repeating: 0, count: count), ciphertext: sealed.ciphertext)
            #expect(throws: SealingError.malformed) { try keyring.open(odd, context: context) }
        }
        #expect(throws: SealingError.malformed) {
            try SealedValue(keyID: "a", nonceBase64: "AAAA", ciphertextBase64: sealed.ciphertextBase64)
        }
        #expect(throws: SealingError.malformed) {
            try SealedValue(keyID: "a", nonceBase64: sealed.nonceBase64, ciphertextBase64: "!")
        }
        let binary = try keyring.seal([0xFF], context: context)
        #expect(throws: SealingError.malformed) { try keyring.openText(binary, context: context) }
    }

    @Test func rotation() throws {
        let old = try keyring("old:\(Self.zeros)")
        let both = try keyring("new:\(Self.ones)", "old:\(Self.zeros)")
        let sealed = try old.seal("x", context: context)
        #expect(try both.openText(sealed, context: context) == "x")
        #expect(both.primaryKeyID == "new")
        #expect(both.keyIDs == ["new", "old"])
        let resealed = try both.seal("x", context: context)
        #expect(resealed.keyID == "new")
        #expect(throws: SealingError.unknownKey(id: "new")) { try old.open(resealed, context: context) }
    }

    @Test func faultsNameTheEntryAndShowNothingOfIt() {
        let short = Base64.encode([UInt8](repeating: 7, count: 31))
        let faults: [(String, KeyringError)] = [
            ("", .empty), (",", .noColon(entry: 1)), ("a:\(Self.ones),", .noColon(entry: 2)),
            (Self.ones, .noColon(entry: 1)), (":\(Self.ones)", .badKeyID(entry: 1)),
            ("\(Self.ones):a", .badKeyID(entry: 1)), ("a b:\(Self.ones)", .badKeyID(entry: 1)),
            (String(repeating: "k", count: 33) + ":" + Self.ones, .badKeyID(entry: 1)),
            ("a:\(Self.ones), b:\(Self.ones)", .badKeyID(entry: 2)), ("a:", .wrongLength(entry: 1, bytes: 0)),
            ("a:\(short)", .wrongLength(entry: 1, bytes: 31)), ("a:\(Self.ones.dropLast())", .notBase64(entry: 1)),
            ("a:b:\(Self.ones)", .notBase64(entry: 1)), ("a:\(Self.ones)\n", .notBase64(entry: 1)),
            ("a:\(Self.ones),b:\(Self.zeros),a:\(Self.zeros)", .duplicate(entry: 3, first: 1)),
        ]
        for (text, expected) in faults {
            let error = #expect(throws: KeyringError.self) { try Keyring(parsing: text) }
            #expect(error == expected)
            #expect(error?.description.contains(Self.ones.prefix(6)) == false)
        }
    }

    @Test func generatedEntriesAreGood() throws {
        let entry = try Keyring.generateKeyEntry()
        #expect(try Keyring(parsing: entry).keyIDs.count == 1)
        #expect(try Keyring.generateKeyEntry(keyID: "main").hasPrefix("main:"))
        #expect(try Keyring.generateKeyEntry() != entry)
        #expect(throws: KeyringError.badKeyID(entry: 1)) { try Keyring.generateKeyEntry(keyID: "a:b") }
    }

    @Test func fingerprints() throws {
        let one = try keyring("a:\(Self.ones)")
        #expect(one.fingerprint(of: "token") == one.fingerprint(of: "token"))
        #expect(one.fingerprint(of: "token") != one.fingerprint(of: "tokem"))
        #expect(one.fingerprint(of: "token").count == 16)
        // Useless without the master key.
        #expect(try keyring("a:\(Self.zeros)").fingerprint(of: "token") != one.fingerprint(of: "token"))
        #expect(one.fingerprint(of: "token") != Hex.encode(SHA256.digest("token").prefix(8)))
    }

    @Test func manyTasksShareAKeyring() async throws {
        let keyring = try keyring("a:\(Self.ones)", "b:\(Self.zeros)")
        let context = context
        let right = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<100 {
                group.addTask {
                    try (0..<20).count { round in
                        let text = "\(task)/\(round)"
                        let sealed = try keyring.seal(text, context: context)
                        return try keyring.openText(sealed, context: context) == text
                            && keyring.fingerprint(of: text) == keyring.fingerprint(of: text)
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(right == 2000)
    }
}
