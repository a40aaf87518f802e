import COpenSSL
import Synchronization

/// A key for HMAC-SHA256 (RFC 2104), prepared once and used for many messages by any number of tasks.
///
/// Contexts that hold the prepared key are kept for the next message, which makes it about three times as fast as the
/// library's one-shot function.
package final class HMACKey: Sendable {
    private let secret: SecretBytes
    private let idle = Mutex<[Context]>([])

    /// Contexts kept at most; more messages at once make their own.
    private static let kept = 16

    /// Where a tag is 32 bytes long.
    package static let tagByteCount = 32

    package init(_ secret: some Collection<UInt8>) { self.secret = SecretBytes(secret) }

    package convenience init(_ secret: String) { self.init(secret.utf8) }

    deinit {
        for context in idle.withLock({ $0 }) { EVP_MAC_CTX_free(context.pointer) }
    }

    /// Whether there is no secret at all; such a key must prove nothing.
    package var isEmpty: Bool { secret.count == 0 }

    /// The tag of a message, 32 bytes.
    package func tag(of message: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.tagByteCount) { buffer, initialized in
            write(tagOf: message, to: buffer)
            initialized = Self.tagByteCount
        }
    }

    package func tag(of message: [UInt8]) -> [UInt8] { message.withUnsafeBytes(tag) }

    package func tag(of message: String) -> [UInt8] {
        var message = message
        return message.withUTF8 { tag(of: UnsafeRawBufferPointer($0)) }
    }

    /// Whether this is the message's tag, in constant time. Never for an empty secret.
    package func isValid(tag: [UInt8], of message: UnsafeRawBufferPointer) -> Bool {
        let expected = self.tag(of: message)
        return ConstantTime.equal(expected, tag) && !isEmpty
    }

    private func write(tagOf message: UnsafeRawBufferPointer, to buffer: UnsafeMutableBufferPointer<UInt8>) {
        let context = idle.withLock { $0.popLast() }?.pointer ?? prepared()
        var length = 0
        // A null key starts over with the key that the context holds.
        let done =
            EVP_MAC_init(context, nil, 0, nil) == 1
            && EVP_MAC_update(context, message.baseAddress, message.count) == 1
            && EVP_MAC_final(context, buffer.baseAddress, &length, buffer.count) == 1
        // Past preparation, HMAC over memory has nothing that could fail.
        precondition(done && length == Self.tagByteCount, "HMAC-SHA256 failed")
        let surplus = idle.withLock { idle -> Bool in
            guard idle.count < Self.kept else { return true }
            idle.append(Context(pointer: context))
            return false
        }
        if surplus { EVP_MAC_CTX_free(context) }
    }

    private func prepared() -> OpaquePointer {
        guard let context = EVP_MAC_CTX_new(Algorithms.hmac) else { preconditionFailure("no memory for HMAC") }
        var digest: [CChar] = Array("SHA256".utf8CString)
        let done = digest.withUnsafeMutableBufferPointer { name in
            var params = [
                OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.baseAddress, 0),
                OSSL_PARAM_construct_end(),
            ]
            return secret.withBytes { EVP_MAC_init(context, $0, $1, &params) }
        }
        precondition(done == 1, "HMAC-SHA256 cannot be prepared")
        return context
    }

    // Sendable by this proof: a context is in the pool or in one call's hands, never both; the mutex hands it over.
    private struct Context: @unchecked Sendable {
        var pointer: OpaquePointer
    }
}
