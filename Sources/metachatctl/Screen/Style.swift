/// Colour, where it is wanted.
struct Style: Sendable, Hashable {
    var isOn: Bool

    enum Ink: String, Sendable {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }

    static let plain = Style(isOn: false)

    func callAsFunction(_ ink: Ink?, _ text: String) -> String {
        guard isOn, let ink, !text.isEmpty else { return text }
        return "\u{1B}[\(ink.rawValue)m\(text)\u{1B}[0m"
    }

    /// What a state's word is shown in.
    static func ink(forState word: String) -> Ink? {
        switch word {
        case "ready", "sent", "delivered", "read", "indexed", "answered", "ok", "active", "success", "yes": .green
        case "failed", "revoked", "dead", "no": .red
        case "stale", "draining", "paused", "unknown", "assigned_human", "escalated", "retrying", "pending": .yellow
        case "closed", "disabled": .dim
        default: nil
        }
    }
}
