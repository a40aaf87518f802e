/// A piece of a document without its markup.
package enum TextBlock: Sendable, Hashable {
    /// Level 1 to 6.
    case heading(level: Int, text: String)
    /// One or several lines that belong together.
    case paragraph(String)
}
