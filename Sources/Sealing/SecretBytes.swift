import COpenSSL

/// Key material in memory of its own, overwritten when the last reference goes.
final class SecretBytes: Sendable {
    // Sendable by this proof: written only by init, before anybody else has a reference.
    private nonisolated(unsafe) let buffer: UnsafeMutableRawBufferPointer

    let count: Int

    init(_ bytes: some Collection<UInt8>) {
        count = bytes.count
        buffer = .allocate(byteCount: max(1, bytes.count), alignment: 16)
        buffer.copyBytes(from: bytes)
    }

    deinit {
        OPENSSL_cleanse(buffer.baseAddress, buffer.count)
        buffer.deallocate()
    }

    /// Lends the bytes; the pointer is never null.
    func withBytes<R, E: Error>(_ body: (UnsafePointer<UInt8>, Int) throws(E) -> R) throws(E) -> R {
        guard let start = buffer.baseAddress else { preconditionFailure("an allocation without an address") }
        defer { withExtendedLifetime(self) {} }
        return try body(UnsafePointer(start.assumingMemoryBound(to: UInt8.self)), count)
    }
}

/// Overwrites a temporary copy of key material.
func cleanse(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
}
