/// The id of a message: a UUID version 7 (RFC 9562), so that ids sort by the time of their making.
package struct MessageID: Sendable, Hashable, Comparable {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new id for this moment.
    package init(at time: Timestamp) {
        var generator = SystemRandomNumberGenerator()
        self.init(at: time, using: &generator)
    }

    package init(at time: Timestamp, using generator: inout some RandomNumberGenerator) {
        let millis = UInt64(clamping: time.milliseconds) & 0xFFFF_FFFF_FFFF
        high = millis << 16 | 0x7000 | (generator.next() & 0x0FFF)
        low = 0x8000_0000_0000_0000 | (generator.next() & 0x3FFF_FFFF_FFFF_FFFF)
    }

    package static func < (lhs: MessageID, rhs: MessageID) -> Bool {
        lhs.high != rhs.high ? lhs.high < rhs.high : lhs.low < rhs.low
    }
}

extension MessageID: CustomStringConvertible {
    /// The canonical lower-case form, 36 characters.
    package var description: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var index = 0
            func put(_ word: UInt64, _ nibbles: ClosedRange<Int>) {
                for nibble in nibbles.reversed() {
                    let digit = UInt8(truncatingIfNeeded: word >> (UInt64(nibble) * 4)) & 0xF
                    buffer[index] = digit < 10 ? 0x30 + digit : 0x57 + digit
                    index += 1
                }
            }
            func dash() {
                buffer[index] = 0x2D
                index += 1
            }
            put(high, 8...15)
            dash()
            put(high, 4...7)
            dash()
            put(high, 0...3)
            dash()
            put(low, 12...15)
            dash()
            put(low, 0...11)
            return index
        }
    }

    /// Reads the canonical form of any UUID, in either case.
    package init?(_ text: String) {
        var words: (UInt64, UInt64) = (0, 0)
        var digits = 0
        var position = 0
        for byte in text.utf8 {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == 0x2D else { return nil }
            } else {
                let digit: UInt8
                switch byte {
                case 0x30...0x39: digit = byte - 0x30
                case 0x61...0x66: digit = byte - 0x57
                case 0x41...0x46: digit = byte - 0x37
                default: return nil
                }
                if digits < 16 {
                    words.0 = words.0 << 4 | UInt64(digit)
                } else {
                    words.1 = words.1 << 4 | UInt64(digit)
                }
                digits += 1
            }
            position += 1
            if position > 36 { return nil }
        }
        guard position == 36, digits == 32 else { return nil }
        self.init(high: words.0, low: words.1)
    }
}
