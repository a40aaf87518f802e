import COpenSSL

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D), 12-byte nonces and 16-byte tags.
enum AESGCM {
    private static let tagByteCount = SealedValue.tagByteCount

    /// - Returns: the ciphertext with the tag at its end.
    static func seal(
        _ plaintext: [UInt8], key: SecretBytes, nonce: [UInt8], context: [UInt8]
    ) throws(SealingError) -> [UInt8] {
        try run(encrypt: true, plaintext, key: key, nonce: nonce, context: context)
    }

    /// - Throws: ``SealingError/authenticationFailed``; nothing of the plaintext gets out then.
    static func open(
        _ ciphertext: [UInt8], key: SecretBytes, nonce: [UInt8], context: [UInt8]
    ) throws(SealingError) -> [UInt8] {
        guard ciphertext.count >= tagByteCount else { throw .malformed }
        return try run(encrypt: false, ciphertext, key: key, nonce: nonce, context: context)
    }

    private static func run(
        encrypt: Bool, _ input: [UInt8], key: SecretBytes, nonce: [UInt8], context: [UInt8]
    ) throws(SealingError) -> [UInt8] {
        guard nonce.count == SealedValue.nonceByteCount, key.count == Keyring.keyByteCount else { throw .malformed }
        let text = encrypt ? input.count : input.count - tagByteCount
        guard let text = Int32(exactly: text), let associated = Int32(exactly: context.count),
            Int32.max - text >= tagByteCount
        else { throw .tooLong }
        guard let cipher = EVP_CIPHER_CTX_new() else { throw .fromLibrary() }
        defer { EVP_CIPHER_CTX_free(cipher) }

        let start = key.withBytes { bytes, _ in
            EVP_CipherInit_ex2(cipher, Algorithms.aes256GCM, bytes, nonce, encrypt ? 1 : 0, nil)
        }
        var written: Int32 = 0
        guard start == 1, EVP_CipherUpdate(cipher, nil, &written, context, associated) == 1 else {
            throw .fromLibrary()
        }
        var output = [UInt8](repeating: 0, count: Int(text) + (encrypt ? tagByteCount : 0))
        // An update without input would be taken for associated data.
        if text > 0 {
            guard EVP_CipherUpdate(cipher, &output, &written, input, text) == 1 else { throw .fromLibrary() }
        }
        if !encrypt {
            var tag = Array(input.suffix(tagByteCount))
            guard EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, Int32(tagByteCount), &tag) == 1 else {
                throw .fromLibrary()
            }
        }
        // GCM has no last block to write; the buffer is there because the function wants one.
        var rest = [UInt8](repeating: 0, count: 16)
        guard EVP_CipherFinal_ex(cipher, &rest, &written) == 1 else {
            cleanse(&output)
            ERR_clear_error()
            throw encrypt ? .library(reason: "encryption failed") : .authenticationFailed
        }
        if encrypt {
            let done = output.withUnsafeMutableBytes {
                EVP_CIPHER_CTX_ctrl(
                    cipher, EVP_CTRL_AEAD_GET_TAG, Int32(tagByteCount), $0.baseAddress.map { $0 + Int(text) })
            }
            guard done == 1 else { throw .fromLibrary() }
        }
        return output
    }
}
