/// Ids for entities whose maker gave none.
package enum EntityID {
    /// `prefix_` and 16 characters of 0-9 and a-v (80 random bits).
    package static func make(_ prefix: String) -> String {
        var generator = SystemRandomNumberGenerator()
        return make(prefix, using: &generator)
    }

    package static func make(_ prefix: String, using generator: inout some RandomNumberGenerator) -> String {
        var text = Array(prefix.utf8) + [UInt8(ascii: "_")]
        for _ in 0..<16 {
            let digit = UInt8.random(in: 0..<32, using: &generator)
            text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
