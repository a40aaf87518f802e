/// Cuts a document into passages that can each be understood, and found, by themselves.
///
/// A passage holds 120 to 200 words of one section where there are as many; it begins with the section's headings.
/// Paragraphs are kept whole if they fit, then sentences, then words.
package enum Chunker {
    /// Words from which on a passage is full enough.
    package static let enough = 120
    /// Words that a passage holds at most.
    package static let most = 200
    /// A rest smaller than this joins the passage before.
    package static let crumb = 40

    package static func chunks(of blocks: [TextBlock]) -> [String] {
        var chunks: [String] = []
        var headings: [(level: Int, text: String)] = []
        var section: [String] = []
        func endSection() {
            let prefix = headings.map(\.text).joined(separator: " › ")
            chunks += pack(section).map { prefix.isEmpty ? $0 : prefix + "\n" + $0 }
            section = []
        }
        for block in blocks {
            switch block {
            case .paragraph(let text): section.append(text)
            case .heading(let level, let text):
                endSection()
                while let last = headings.last, last.level >= level { headings.removeLast() }
                headings.append((level, cut(text)))
            }
        }
        endSection()
        return chunks
    }

    /// Headings are repeated in every passage, so a long one is cut.
    private static func cut(_ heading: String) -> String {
        let words = heading.split(separator: " ")
        return words.count > 20 ? words.prefix(20).joined(separator: " ") + " …" : heading
    }

    /// The paragraphs of one section as passages.
    private static func pack(_ paragraphs: [String]) -> [String] {
        var packer = Packer()
        for paragraph in paragraphs {
            if weight(of: paragraph) <= most {
                packer.add(paragraph, weight: weight(of: paragraph), separator: "\n\n")
                continue
            }
            var separator = "\n\n"
            for sentence in sentences(of: paragraph) {
                for part in parts(of: sentence) {
                    packer.add(part, weight: weight(of: part), separator: separator)
                    separator = " "
                }
            }
        }
        return packer.finish()
    }

    private struct Packer {
        /// With what stands before each where it joins the one before.
        var done: [(text: String, weight: Int, separator: String)] = []
        var text = ""
        var weight = 0
        var separator = ""

        mutating func add(_ part: String, weight added: Int, separator: String) {
            if !text.isEmpty, weight >= Chunker.enough || weight + added > Chunker.most { flush() }
            if text.isEmpty { self.separator = separator } else { text += separator }
            text += part
            weight += added
        }

        mutating func flush() {
            if !text.isEmpty { done.append((text, weight, separator)) }
            text = ""
            weight = 0
        }

        mutating func finish() -> [String] {
            flush()
            if done.count > 1, let rest = done.last, rest.weight < Chunker.crumb {
                done.removeLast()
                done[done.count - 1].text += rest.separator + rest.text
            }
            return done.map(\.text)
        }
    }

    /// Words; long ones, and text in scripts without spaces, count as several.
    static func weight(of text: some StringProtocol) -> Int {
        text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).reduce(0) { sum, word in
            sum + 1 + word.count / 16
        }
    }

    /// Sentences end with . ! ? … before a space, or with the full stops of Chinese and Japanese.
    static func sentences(of text: String) -> [String] {
        var result: [String] = []
        var current = String.UnicodeScalarView()
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            current.append(scalar)
            let next = index + 1 < scalars.count ? scalars[index + 1] : " "
            let ends: Bool
            switch scalar {
            case "\n", "。", "！", "？": ends = true
            case ".", "!", "?", "…", ":", ";": ends = next.properties.isWhitespace
            default: ends = false
            }
            if ends {
                let sentence = String(current).collapsed
                if !sentence.isEmpty { result.append(sentence) }
                current = String.UnicodeScalarView()
            }
        }
        let rest = String(current).collapsed
        if !rest.isEmpty { result.append(rest) }
        return result
    }

    /// A sentence that is too long for a passage, cut between words or, where there are no spaces, anywhere.
    private static func parts(of sentence: String) -> [String] {
        guard weight(of: sentence) > most else { return [sentence] }
        var parts: [String] = []
        var words: [Substring] = []
        var sum = 0
        for word in sentence.split(separator: " ").flatMap(pieces) {
            let added = weight(of: word)
            if sum + added > most {
                parts.append(words.joined(separator: " "))
                words = []
                sum = 0
            }
            words.append(word)
            sum += added
        }
        if !words.isEmpty { parts.append(words.joined(separator: " ")) }
        return parts
    }

    private static func pieces(of word: Substring) -> [Substring] {
        // 16 scalars weigh 1, so this many weigh less than a passage holds.
        let longest = 16 * (most / 2)
        var pieces: [Substring] = []
        var start = word.startIndex
        while let end = word.unicodeScalars.index(start, offsetBy: longest, limitedBy: word.endIndex) {
            pieces.append(word[start..<end])
            start = end
        }
        if start < word.endIndex { pieces.append(word[start...]) }
        return pieces
    }
}
