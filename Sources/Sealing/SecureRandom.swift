import COpenSSL

/// Randomness fit for keys, nonces and tokens.
package enum SecureRandom {
    /// - Throws: ``SealingError/noRandomness`` when the system has none to give; there is no weaker fallback.
    package static func bytes(_ count: Int) throws(SealingError) -> [UInt8] {
        precondition(count >= 0 && count <= Int(Int32.max))
        var bytes = [UInt8](repeating: 0, count: count)
        guard count > 0 else { return bytes }
        guard RAND_bytes(&bytes, Int32(count)) == 1 else {
            ERR_clear_error()
            throw .noRandomness
        }
        return bytes
    }
}
