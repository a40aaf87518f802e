/// Cuts a passage into sentences and lines, so that an answer quotes what matters, verbatim.
enum Sentences {
    static func of(_ text: String) -> [Substring] {
        var result: [Substring] = []
        for line in lines(text) { split(line, into: &result) }
        return result
    }

    /// Lines of meaning: where a text is wrapped at some width, the pieces of a sentence belong together.
    private static func lines(_ text: String) -> [Substring] {
        var lines: [Substring] = []
        var mayGoOn = false
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if mayGoOn, let last = lines.last, line.first(where: { !$0.isWhitespace })?.isLowercase ?? false {
                lines[lines.count - 1] = text[last.startIndex..<line.endIndex]
            } else {
                lines.append(line)
            }
            mayGoOn = line.count >= 40 && !(line.trimmingSpace().last.map { isTerminator($0) || $0 == ":" } ?? true)
        }
        return lines
    }

    private static func split(_ line: Substring, into result: inout [Substring]) {
        var start = line.startIndex
        var index = start
        while index < line.endIndex {
            let next = line.index(after: index)
            if isTerminator(line[index]), next == line.endIndex || line[next].isWhitespace,
                !isAbbreviation(line[start..<index]) || next == line.endIndex
            {
                let following = line[next...].first { !$0.isWhitespace }
                if following.map({ !$0.isLowercase }) ?? true {
                    append(line[start..<next], to: &result)
                    start = next
                }
            }
            index = next
        }
        append(line[start...], to: &result)
    }

    private static func append(_ sentence: Substring, to result: inout [Substring]) {
        let trimmed = sentence.trimmingSpace()
        if trimmed.contains(where: { $0.isLetter || $0.isNumber }) { result.append(trimmed) }
    }

    static func isTerminator(_ character: Character) -> Bool {
        character == "." || character == "!" || character == "?" || character == "…"
    }

    /// Whether the dot after this belongs to its last word: `Dr.`, `z. B.`, `1.` (an ordinal in German and Croatian).
    private static func isAbbreviation(_ sentence: Substring) -> Bool {
        let word = sentence.split(whereSeparator: \.isWhitespace).last ?? ""
        guard let last = word.last else { return false }
        if last.isNumber { return word.allSatisfy(\.isNumber) && word.count <= 2 }
        return last.isLetter && word.count(where: { $0.isLetter || $0.isNumber }) <= 2
    }
}

extension Substring {
    func trimmingSpace() -> Substring {
        let start = drop { $0.isWhitespace }
        var end = start.endIndex
        while end > start.startIndex, start[start.index(before: end)].isWhitespace { end = start.index(before: end) }
        return start[start.startIndex..<end]
    }
}
