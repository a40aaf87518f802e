/// A series' labels in the form in which they are rendered: sorted by name, sanitized, escaped.
struct LabelSet: Sendable, Hashable {
    /// `a="1",b="2"`; empty without labels.
    let text: String

    static let none = LabelSet(text: "")
    /// Takes what a metric has too many series for.
    static let overflow = LabelSet(text: "overflow=\"true\"")

    private init(text: String) { self.text = text }

    /// Of two labels of one name the first counts.
    init(_ labels: some Sequence<(String, String)>) {
        var pairs: [(String, String)] = []
        for (name, value) in labels {
            let name = Self.sanitized(label: name)
            if !pairs.contains(where: { $0.0 == name }) { pairs.append((name, value)) }
        }
        pairs.sort { $0.0 < $1.0 }
        text = pairs.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
    }

    /// Longest label value, in Unicode scalars; the rest is cut.
    private static let longestValue = 200

    private static func escaped(_ value: String) -> String {
        var result = ""
        for scalar in value.unicodeScalars.prefix(longestValue) {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// `[a-zA-Z_][a-zA-Z0-9_]*`; `le` belongs to histograms.
    private static func sanitized(label: String) -> String {
        let name = sanitized(label, colons: false)
        return name == "le" ? "exported_le" : name
    }

    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`
    static func sanitized(metric: String) -> String { sanitized(metric, colons: true) }

    private static func sanitized(_ name: String, colons: Bool) -> String {
        var result = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": result.unicodeScalars.append(scalar)
            case "0"..."9": result += (result.isEmpty ? "_" : "") + String(scalar)
            case ":" where colons: result += ":"
            default: result += "_"
            }
        }
        return result.isEmpty ? "_" : result
    }
}
