package import Domain

/// What a customer's message asks, in words.
package struct Question: Sendable, Hashable {
    package var text: String
    /// All words, folded.
    var words: [String]

    package init?(text: String) {
        let words = FoldedWords.of(text)
        guard !words.isEmpty else { return nil }
        self.text = text
        self.words = words
    }

    /// A text, the caption of a picture, the title of a chosen button or row. Longer texts are cut off for searching.
    package init?(_ message: NormalizedMessage) {
        let content = message.content
        let text = [content.text, content.reply?.title, content.media?.caption].lazy.compactMap { $0 }.first {
            !$0.isEmpty
        }
        guard let text else { return nil }
        self.init(text: String(text.unicodeScalars.prefix(Self.longest)))
    }

    /// In Unicode scalars. Nobody asks a question of more; what does is a pasted text.
    static let longest = 2000

    /// The words that say what it is after, each once, in order; never more than ``mostWords``.
    func keywords(_ language: Language) -> [String] {
        var seen: Set<String> = []
        // Not lazily: a lazy filter is asked twice, and has seen every word the second time.
        let kept = words.filter { !language.lexicon.fillers.contains($0) && seen.insert($0).inserted }
        return Array(kept.prefix(Self.mostWords))
    }

    static let mostWords = 40

    /// What to search for: the text without its politeness, so that how much of it a passage covers means something.
    /// The original spelling is kept, because the search knows more about words than folding does.
    func query(_ language: Language) -> String {
        let fillers = language.lexicon.fillers
        let parts = text.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "'" || $0 == "’" || $0 == "-") })
        let kept = parts.filter { part in FoldedWords.of(String(part)).contains { !fillers.contains($0) } }
        return (kept.isEmpty ? parts : Array(kept)).prefix(Self.mostWords).joined(separator: " ")
    }

    enum Smalltalk { case greeting, closing }

    /// Whether it is nothing but a greeting, or a word of thanks or farewell.
    func smalltalk(_ language: Language) -> Smalltalk? {
        guard words.count <= 7 else { return nil }
        let lexicon = language.lexicon
        let closes = words.contains(where: lexicon.closings.contains)
        let greets = words.contains(where: lexicon.greetings.contains)
        guard closes || greets else { return nil }
        let known = lexicon.greetings.union(lexicon.closings).union(lexicon.companions)
        guard words.allSatisfy(known.contains) else { return nil }
        return greets && !closes ? .greeting : .closing
    }
}
