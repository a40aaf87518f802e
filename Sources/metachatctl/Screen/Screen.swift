import Domain

/// What is known of where results are shown.
struct Screen: Sendable {
    /// Columns.
    var width = 80
    var style = Style.plain
    /// Long lines of texts are broken at spaces; not in a pipe.
    var wraps = false
    var now = Timestamp(milliseconds: 0)

    /// Longer lines are hard to read, even where there is room.
    static let widestText = 100
}
