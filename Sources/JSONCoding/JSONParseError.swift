/// Why a text is not JSON that we accept, and where. Never repeats the text, which may hold secrets.
package struct JSONParseError: Error, Sendable, Hashable {
    package enum Reason: Sendable, Hashable {
        /// Longer than ``JSONLimits/maxBytes``.
        case tooLarge(limit: Int)
        /// Nested deeper than ``JSONLimits/maxDepth``.
        case tooDeep(limit: Int)
        /// More than ``JSONLimits/maxValues``.
        case tooManyValues(limit: Int)
        /// Ends in the middle; an empty text too.
        case truncated
        /// Goes on after the value.
        case trailing
        case syntax
        case invalidUTF8
        case duplicateKey
        /// `\u0000` in a member's name.
        case nulInKey
        /// A number beyond the range of a `Double`.
        case numberOverflow
        /// The parser found no memory.
        case outOfMemory
    }

    package struct Position: Sendable, Hashable {
        /// Bytes before the place where the parser gave up, mostly the end of the faulty token.
        package var offset: Int
        /// From 1.
        package var line: Int
        /// From 1, in Unicode scalars.
        package var column: Int
    }

    package var reason: Reason
    package var position: Position

    /// One sentence for people, without the position.
    package var message: String {
        switch reason {
        case .tooLarge(let limit): "is longer than \(limit) bytes"
        case .tooDeep(let limit): "is nested deeper than \(limit) levels"
        case .tooManyValues(let limit): "has more than \(limit) values"
        case .truncated: "ends before its value is complete"
        case .trailing: "goes on after its value"
        case .syntax: "is not valid JSON"
        case .invalidUTF8: "is not valid UTF-8"
        case .duplicateKey: "has two members of the same name in one object"
        case .nulInKey: "has a NUL character in a member's name"
        case .numberOverflow: "has a number that is too large"
        case .outOfMemory: "did not fit into memory"
        }
    }
}

extension JSONParseError: CustomStringConvertible {
    package var description: String { "line \(position.line), column \(position.column): the text \(message)" }
}

extension JSONParseError {
    /// An error at a byte offset; walks the text up to there, which only a fault has to pay for.
    init(_ reason: Reason, at offset: Int, in text: UnsafeRawBufferPointer) {
        let offset = max(0, min(offset, text.count))
        var line = 1
        var column = 1
        for byte in text[..<offset] {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.init(reason: reason, position: Position(offset: offset, line: line, column: column))
    }
}
