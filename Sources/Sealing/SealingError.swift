import COpenSSL

/// Why something could not be sealed, opened or made. Holds no secret and no plaintext.
package enum SealingError: Error, Sendable, Hashable {
    /// The value was sealed under a key that this process does not have.
    case unknownKey(id: String)
    /// Wrong key, wrong context, or changed on the way: AES-GCM does not tell which.
    case authenticationFailed
    /// Not of the form that sealing gives: nonce or ciphertext of a wrong length, or not Base64.
    case malformed
    /// More than the library takes in one piece (2 GiB).
    case tooLong
    /// The system gave no randomness.
    case noRandomness
    /// The library failed at something that does not depend on its input.
    case library(reason: String)
}

extension SealingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownKey(let id): "sealed under the key \"\(id)\", which is not among the master keys"
        case .authenticationFailed: "does not open: wrong key or context, or altered"
        case .malformed: "is not a sealed value"
        case .tooLong: "is too long to be sealed"
        case .noRandomness: "the system gave no randomness"
        case .library(let reason): "OpenSSL: \(reason)"
        }
    }
}

extension SealingError {
    /// The library's last error on this thread; empties its queue, so that it is not blamed on somebody else later.
    static func fromLibrary() -> SealingError {
        let code = ERR_get_error()
        ERR_clear_error()
        return .library(reason: ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)")
    }
}
