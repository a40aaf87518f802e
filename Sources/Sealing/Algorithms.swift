import COpenSSL

/// The library's algorithms, fetched once: an implicit fetch for each use costs more than hashing a kilobyte.
enum Algorithms {
    // Sendable by this proof: fetched algorithms are immutable, reference-counted with atomics, and never freed here.
    nonisolated(unsafe) static let sha256: OpaquePointer = found(EVP_MD_fetch(nil, "SHA256", nil))
    nonisolated(unsafe) static let hmac: OpaquePointer = found(EVP_MAC_fetch(nil, "HMAC", nil))
    nonisolated(unsafe) static let aes256GCM: OpaquePointer = found(EVP_CIPHER_fetch(nil, "AES-256-GCM", nil))

    /// Every OpenSSL 3 has these three; one without them cannot run this program.
    private static func found(_ algorithm: OpaquePointer?) -> OpaquePointer {
        guard let algorithm else { preconditionFailure("this OpenSSL lacks SHA-256, HMAC or AES-256-GCM") }
        return algorithm
    }
}
