/// Why `metachat dev` cannot go on, in words for the person at the terminal.
struct DevError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
