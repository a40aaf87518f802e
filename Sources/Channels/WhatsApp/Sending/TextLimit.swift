/// How long a text may be on a platform. Counted in UTF-16 units, which no platform's own count exceeds.
package struct TextLimit: Sendable, Hashable {
    package var units: Int

    package init(_ units: Int) {
        precondition(units > 1, "a senseless limit")
        self.units = units
    }

    package func allows(_ text: String) -> Bool { text.utf16.count <= units }

    /// The text on one line, cut at a character's end, with an ellipsis where something is missing.
    package func cut(_ text: String) -> String {
        let line = String(text.map { $0.isNewline ? " " : $0 })
        guard !allows(line) else { return line }
        var result = ""
        var used = 1
        for character in line {
            used += character.utf16.count
            if used > units { break }
            result.append(character)
        }
        while result.last?.isWhitespace ?? false { result.removeLast() }
        return result + "…"
    }

    /// The text in pieces that are allowed: cut between paragraphs, else lines, else sentences, else words, else
    /// characters; white space at the cuts goes. A single character longer than the limit is cut in itself.
    package func split(_ text: String) -> [String] {
        var pieces: [String] = []
        var rest = text[...].trimmed
        while rest.utf16.count > units {
            let cut = self.cut(in: rest)
            let piece = rest[..<cut].trimmed
            if !piece.isEmpty { pieces.append(String(piece)) }
            rest = rest[cut...].trimmed
        }
        if !rest.isEmpty { pieces.append(String(rest)) }
        return pieces
    }

    private func cut(in text: Substring) -> String.Index {
        var used = 0
        var end = text.startIndex
        /// The last place of each kind that fits, best kind first, and how much lies before it.
        var places: [(index: String.Index, used: Int)?] = [nil, nil, nil, nil]
        var previous: Character = " "
        while end < text.endIndex {
            let character = text[end]
            let size = character.utf16.count
            if used + size > units { break }
            used += size
            end = text.index(after: end)
            if character.isNewline {
                places[previous.isNewline ? 0 : 1] = (end, used)
            } else if character.isWhitespace {
                places[".!?…:;".contains(previous) ? 2 : 3] = (end, used)
            } else if "。！？".contains(character) {
                places[2] = (end, used)
            }
            previous = character
        }
        // Exactly as much as fits may end at a word's end too.
        if end < text.endIndex, text[end].isWhitespace { places[3] = (end, used) }
        // A better place counts only in the last half, or pieces become too small.
        if let place = places.lazy.compactMap({ $0 }).first(where: { $0.used * 2 >= units }) { return place.index }
        if let place = places.lazy.compactMap({ $0 }).max(by: { $0.used < $1.used }) { return place.index }
        if end > text.startIndex { return end }
        // One character that is too long for any message.
        var scalars = 0
        var index = text.startIndex
        while index < text.endIndex {
            scalars += text.unicodeScalars[index].utf16.count
            if scalars > units { break }
            index = text.unicodeScalars.index(after: index)
        }
        return index
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var result = self.drop { $0.isWhitespace }
        while let last = result.last, last.isWhitespace { result.removeLast() }
        return result
    }
}
