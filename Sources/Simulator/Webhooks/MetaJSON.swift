import JSONCoding

/// Writes JSON the way Meta's webhooks do: non-ASCII as `\uXXXX` (lower-case hex, surrogate pairs), `/` as `\/`.
///
/// Receivers that verify a signature over anything but the raw bytes fail on it, as they do in production.
enum MetaJSON {
    static func bytes(_ value: JSONValue) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(1024)
        write(value, to: &output)
        return output
    }

    private static func write(_ value: JSONValue, to output: inout [UInt8]) {
        switch value {
        case .null: output += "null".utf8
        case .bool(let flag): output += (flag ? "true" : "false").utf8
        case .integer(let integer): output += String(integer).utf8
        case .number(let number): output += (number.isFinite ? "\(number)" : "null").utf8
        case .string(let text): write(text, to: &output)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                write(element, to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.members.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                write(member.key, to: &output)
                output.append(UInt8(ascii: ":"))
                write(member.value, to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for unit in text.utf16 {
            switch unit {
            case 0x22, 0x5C, 0x2F:
                output.append(UInt8(ascii: "\\"))
                output.append(UInt8(unit))
            case 0x0A: output += #"\n"#.utf8
            case 0x0D: output += #"\r"#.utf8
            case 0x09: output += #"\t"#.utf8
            case 0x20..<0x7F: output.append(UInt8(unit))
            default:
                output += #"\u"#.utf8
                for shift in stride(from: 12, through: 0, by: -4) {
                    let digit = UInt8(unit >> UInt16(shift) & 15)
                    output.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
                }
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
