/// A text as words that compare without regard to case and diacritics: `Öffnungszeiten?` is `offnungszeiten`.
enum FoldedWords {
    /// Runs of letters and digits; apostrophes inside a word are left out (`what's` is `whats`).
    static func of(_ text: String) -> [String] {
        var words: [String] = []
        var current = ""
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                switch scalar {
                case "a"..."z", "0"..."9": current.unicodeScalars.append(scalar)
                case "A"..."Z": current.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value) + 32))
                case "'": break
                default: finish(&current, &words)
                }
            } else if scalar == "\u{2019}" || scalar.properties.generalCategory == .nonspacingMark {
                continue
            } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                append(scalar, to: &current)
            } else {
                finish(&current, &words)
            }
        }
        finish(&current, &words)
        return words
    }

    private static func finish(_ current: inout String, _ words: inout [String]) {
        guard !current.isEmpty else { return }
        words.append(current)
        current = ""
    }

    private static func append(_ scalar: Unicode.Scalar, to word: inout String) {
        for lower in scalar.properties.lowercaseMapping.unicodeScalars
        where lower.properties.generalCategory != .nonspacingMark {
            word += bases[lower] ?? String(lower)
        }
    }

    /// Latin letters with marks, and the letters they are built on: taken from their Unicode names
    /// (`LATIN SMALL LETTER C WITH CARON`).
    private static let bases: [Unicode.Scalar: String] = {
        var bases: [Unicode.Scalar: String] = ["ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"]
        let prefix = "LATIN SMALL LETTER "
        for range in [0xC0...0x24F, 0x1E00...0x1EFF] as [ClosedRange<UInt32>] {
            for value in range {
                guard let scalar = Unicode.Scalar(value), let name = scalar.properties.name,
                    name.hasPrefix(prefix)
                else { continue }
                let parts = name.dropFirst(prefix.count).split(separator: " ")
                if parts.count >= 3, parts[0].count == 1, parts[1] == "WITH" {
                    bases[scalar] = parts[0].lowercased()
                }
            }
        }
        return bases
    }()

    /// Whether one list of words holds another as whole words in a row.
    static func contains(_ words: [String], _ phrase: [String]) -> Bool {
        guard !phrase.isEmpty, words.count >= phrase.count else { return false }
        return (0...words.count - phrase.count).contains { start in
            words[start] == phrase[0] && words[start..<start + phrase.count].elementsEqual(phrase)
        }
    }

    /// Whether two words are forms of one: the same, or alike but for their endings. A rough measure, good for choosing
    /// among sentences that were found by better means.
    static func areAlike(_ one: String, _ other: String) -> Bool {
        if one == other { return true }
        let (shorter, longer) = one.utf8.count < other.utf8.count ? (one, other) : (other, one)
        guard shorter.utf8.count >= 4, longer.utf8.count <= shorter.utf8.count + 5 else { return false }
        let common = zip(shorter.utf8, longer.utf8).prefix { $0 == $1 }.count
        return common >= max(4, shorter.utf8.count - 1)
    }
}
