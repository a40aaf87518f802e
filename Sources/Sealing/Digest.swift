import COpenSSL
import Encodings

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
    package static let byteCount = 32

    package static func digest(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialized in
            var length: UInt32 = 0
            let done = EVP_Digest(bytes.baseAddress, bytes.count, buffer.baseAddress, &length, Algorithms.sha256, nil)
            // Hashing memory fails only when memory runs out.
            precondition(done == 1 && length == byteCount, "no memory for a digest")
            initialized = byteCount
        }
    }

    package static func digest(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes(digest) }

    package static func digest(_ text: String) -> [UInt8] {
        var text = text
        return text.withUTF8 { digest(UnsafeRawBufferPointer($0)) }
    }
}

/// What is stored of a bearer token: enough to recognize it, not enough to use it.
///
/// Tokens carry 256 random bits, so a plain digest cannot be searched.
package enum BearerToken {
    /// Lowercase hex of the token's SHA-256, 64 characters.
    package static func hash(_ token: String) -> String { Hex.encode(SHA256.digest(token)) }

    /// A new token with 256 random bits, 43 characters of the URL alphabet behind the prefix.
    ///
    /// - Throws: ``SealingError/noRandomness``.
    package static func generate(prefix: String = "mct_") throws(SealingError) -> String {
        prefix + Base64.encodeForURL(try SecureRandom.bytes(32))
    }
}
