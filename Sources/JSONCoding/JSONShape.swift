/// Looks at a text before it is parsed: depth and number of values, NUL bytes (the parser overlooks one behind a
/// number), and integers that need more than 64 bits.
///
/// Works on texts that are not JSON too: up to the first fault it sees what the parser sees, and past it the parser
/// does not go.
enum JSONShape {
    /// What keeps the text from being parsed at all.
    static func fault(of text: UnsafeRawBufferPointer, limits: JSONLimits) -> JSONParseError? {
        if text.count > limits.maxBytes {
            return JSONParseError(.tooLarge(limit: limits.maxBytes), at: limits.maxBytes, in: text)
        }
        let counts = counts(in: text)
        if counts.zeros > 0, let offset = text.firstIndex(of: 0) {
            return JSONParseError(.syntax, at: offset, in: text)
        }
        // Nearly every text passes on counts that disregard strings: no value nests deeper than there are brackets,
        // and each value but the first follows an opening bracket or a comma.
        if counts.opening <= limits.maxDepth, counts.opening + counts.commas < limits.maxValues { return nil }
        return exactFault(of: text, limits: limits)
    }

    /// Opening brackets of both kinds, commas and NUL bytes, eight bytes at a time.
    private static func counts(in text: UnsafeRawBufferPointer) -> (opening: Int, commas: Int, zeros: Int) {
        var opening = 0
        var commas = 0
        var zeros = 0
        var index = 0
        while index &+ 8 <= text.count {
            let word = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            // Setting bit 5 makes "[" a "{" and no other byte one.
            opening &+= zeroBytes(in: (word | everyByte &* 0x20) ^ everyByte &* UInt64(UInt8(ascii: "{")))
            commas &+= zeroBytes(in: word ^ everyByte &* UInt64(UInt8(ascii: ",")))
            zeros &+= zeroBytes(in: word)
            index &+= 8
        }
        for byte in text[index...] {
            opening &+= byte | 0x20 == UInt8(ascii: "{") ? 1 : 0
            commas &+= byte == UInt8(ascii: ",") ? 1 : 0
            zeros &+= byte == 0 ? 1 : 0
        }
        return (opening, commas, zeros)
    }

    private static let everyByte: UInt64 = 0x0101_0101_0101_0101

    @inline(__always)
    private static func zeroBytes(in word: UInt64) -> Int {
        let low = everyByte &* 0x7F
        // A byte's top bit stays clear only if all of its bits are.
        return (~((word & low) &+ low | word | low)).nonzeroBitCount
    }

    private static func exactFault(of text: UnsafeRawBufferPointer, limits: JSONLimits) -> JSONParseError? {
        var depth = 0
        var values = 1
        var index = 0
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\""):
                index = endOfString(in: text, from: index)
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                values += 1
                if depth > limits.maxDepth {
                    return JSONParseError(.tooDeep(limit: limits.maxDepth), at: index + 1, in: text)
                }
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: ","): values += 1
            default: break
            }
            if values > limits.maxValues {
                return JSONParseError(.tooManyValues(limit: limits.maxValues), at: index + 1, in: text)
            }
            index += 1
        }
        return nil
    }

    /// The offset past the string that starts at `start`; the text's end if nothing closes it.
    static func endOfString(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start + 1
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\\"): index += 2
            case UInt8(ascii: "\""): return index + 1
            default: index += 1
            }
        }
        return text.count
    }

    /// The text with `e0` behind every integer that does not fit 64 bits, so that the parser reads it as a real.
    ///
    /// - Returns: the new text, and the offsets in the old one at which it was added.
    static func widened(_ text: UnsafeRawBufferPointer) -> (text: [UInt8], insertions: [Int]) {
        var result: [UInt8] = []
        result.reserveCapacity(text.count + 16)
        var insertions: [Int] = []
        var copied = 0
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "\"") {
                index = endOfString(in: text, from: index)
                continue
            }
            guard isNumeric(byte) else {
                index += 1
                continue
            }
            let start = index
            while index < text.count, isNumeric(text[index]) { index += 1 }
            if isInteger(text[start..<index]), Int64(String(decoding: text[start..<index], as: UTF8.self)) == nil {
                result += text[copied..<index]
                result += [UInt8(ascii: "e"), UInt8(ascii: "0")]
                copied = index
                insertions.append(index)
            }
        }
        result += text[copied...]
        return (result, insertions)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// Whether a number may contain the byte; outside of strings only literals share a letter with them.
    private static func isNumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
            || byte | 0x20 == UInt8(ascii: "e")
    }

    private static func isInteger(_ token: Slice<UnsafeRawBufferPointer>) -> Bool {
        let digits = token.first == UInt8(ascii: "-") ? token.dropFirst() : token
        return !digits.isEmpty && digits.allSatisfy(isDigit)
    }
}
