/// Tells whether a document's source is the one that was put last.
///
/// The control plane keeps the text that it took out of the markup, so sources cannot be compared with it. Instead
/// apply leaves this mark in the document's metadata. FNV-1a with 64 bits: for noticing changes, no seal.
enum ContentDigest {
    /// The metadata's member. What carries it was put by apply.
    static let key = "metachatctl.source"

    static func of(_ content: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in content { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return "fnv1a64:" + String(repeating: "0", count: 16 - digits.count) + digits + ":\(content.count)"
    }
}
