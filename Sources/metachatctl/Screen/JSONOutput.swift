import ControlAPI
import JSONCoding

/// A result as it came, for scripts.
enum JSONOutput {
    /// - Parameter isTerminal: then what would command it is written as `\u….`, which means the same.
    static func text(_ value: JSONValue, isTerminal: Bool) -> String {
        let text = value.prettyText
        guard isTerminal else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            // Control characters below space are escaped already; the line feeds between members are ours.
            if scalar.value >= 0x7F, scalar.value < 0x10000, CleanText.isDangerous(scalar.value) {
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
