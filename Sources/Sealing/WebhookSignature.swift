import Encodings

/// The signature of Meta's webhooks: `x-hub-signature-256: sha256=<hex HMAC-SHA256 of the raw body>`.
package enum WebhookSignature {
    /// Whether one of the keys signed the body.
    ///
    /// Every key is tried, so that the time tells nothing about which one fits. The algorithm is ours to choose, not
    /// the request's: nothing but `sha256=` counts. Hex digits may be in either case.
    package static func isValid(header: String?, body: UnsafeRawBufferPointer, keys: [HMACKey]) -> Bool {
        guard let header, let tag = tag(inHeader: header) else { return false }
        return keys.reduce(false) { found, key in
            let fits = key.isValid(tag: tag, of: body)
            return found || fits
        }
    }

    package static func isValid(header: String?, body: [UInt8], keys: [HMACKey]) -> Bool {
        body.withUnsafeBytes { isValid(header: header, body: $0, keys: keys) }
    }

    /// The header's value for a body, as Meta would send it.
    package static func header(for body: [UInt8], key: HMACKey) -> String { "sha256=" + Hex.encode(key.tag(of: body)) }

    private static func tag(inHeader header: String) -> [UInt8]? {
        guard header.utf8.count == 7 + 2 * HMACKey.tagByteCount, header.utf8.starts(with: "sha256=".utf8) else {
            return nil
        }
        return Hex.decode(header.utf8.dropFirst(7))
    }
}
