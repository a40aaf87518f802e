import Domain

/// Times as people say them.
enum Moment {
    /// `12 s ago`, `in 3 d`; the date alone when it is long ago. What lies less than 5 s ahead is now: it was written
    /// while we waited for it, or by a machine whose clock differs.
    static func relative(_ text: String, now: Timestamp) -> String {
        guard let time = Timestamp(text) else { return text }
        let seconds = (now - time) / 1000
        let amount = abs(seconds)
        let words: String
        switch amount {
        case 0..<60: words = "\(amount) s"
        case 60..<3600: words = "\(amount / 60) min"
        case 3600..<86_400: words = "\(amount / 3600) h"
        case 86_400..<(30 * 86_400): words = "\(amount / 86_400) d"
        default: return String(text.prefix(10))
        }
        if (-4...0).contains(seconds) { return "now" }
        return seconds < 0 ? "in " + words : words + " ago"
    }
}
