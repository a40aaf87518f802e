import Encodings

/// A value that only the holders of the master keys can read.
package struct SealedValue: Sendable, Hashable {
    /// Which master key sealed it.
    package var keyID: String
    /// 12 bytes, never used twice with one key.
    package var nonce: [UInt8]
    /// The encrypted value with the 16 bytes of the authentication tag at its end.
    package var ciphertext: [UInt8]

    package static let nonceByteCount = 12
    package static let tagByteCount = 16

    package init(keyID: String, nonce: [UInt8], ciphertext: [UInt8]) {
        self.keyID = keyID
        self.nonce = nonce
        self.ciphertext = ciphertext
    }

    /// From the texts in which it travels and is stored.
    ///
    /// - Throws: ``SealingError/malformed``.
    package init(keyID: String, nonceBase64: String, ciphertextBase64: String) throws(SealingError) {
        guard let nonce = Base64.decode(nonceBase64), nonce.count == Self.nonceByteCount,
            let ciphertext = Base64.decode(ciphertextBase64), ciphertext.count >= Self.tagByteCount
        else { throw .malformed }
        self.init(keyID: keyID, nonce: nonce, ciphertext: ciphertext)
    }

    package var nonceBase64: String { Base64.encode(nonce) }
    package var ciphertextBase64: String { Base64.encode(ciphertext) }
}
