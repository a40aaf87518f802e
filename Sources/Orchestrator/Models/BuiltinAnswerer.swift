import Domain

/// Answers without a model: quotes the sentences of the tenant's documents that fit the question best, when they cover
/// enough of it; otherwise says honestly that it does not know.
package struct BuiltinAnswerer: Answerer {
    /// The share of the question's words that the quoted passages must hold.
    package static let enough = 0.6
    /// Longest quotation of one passage, in characters.
    static let longestQuotation = 600

    package init() {}

    /// It finds everything it knows in the passages.
    package var historyLimit: Int { 0 }

    package func answer(_ request: AnswerRequest) async throws -> Draft {
        let phrases = Phrases(language: request.language, settings: request.tenant.settings)
        guard let question = request.question else {
            // A sticker is a nod, not a question.
            if request.inbound.type == .sticker { return .reply(text: phrases.closing, sources: []) }
            return .unknowing(reason: "no_text", text: phrases.handOverWordless, alone: phrases.wordless)
        }
        switch question.smalltalk(request.language) {
        case .greeting: return .reply(text: phrases.greeting, sources: [])
        case .closing: return .reply(text: phrases.closing, sources: [])
        case nil: break
        }
        let keywords = question.keywords(request.language)
        let chosen = choose(request.passages, keywords)
        guard !chosen.isEmpty else {
            return .unknowing(reason: "unknown", text: phrases.handOverUnknowing, alone: phrases.unknowing)
        }
        let text = chosen.map { passage in
            phrases.source(passage.title) + "\n\n" + Quotation.best(of: passage.text, for: keywords)
        }
        return .reply(
            text: text.joined(separator: "\n\n"),
            sources: chosen.map { Draft.Source(documentID: $0.documentID, title: $0.title) })
    }

    /// The best passage, when it covers enough of the question; or two that do so together.
    private func choose(_ passages: [Passage], _ keywords: [String]) -> [Passage] {
        guard !keywords.isEmpty else { return [] }
        let found = passages.filter { $0.score > 0 }
        let best = found.enumerated().max { ($0.element.coverage, -$0.offset) < ($1.element.coverage, -$1.offset) }
        guard let best = best?.element else { return [] }
        if best.coverage >= Self.enough { return [best] }
        // Questions such as "when do you open, and do you deliver to Zagreb?".
        let covered = Self.held(keywords, by: best)
        guard keywords.count >= 2, !covered.isEmpty else { return [] }
        for other in found where other.documentID != best.documentID || other.text != best.text {
            let more = Self.held(keywords, by: other).subtracting(covered)
            let share = Double(covered.count + more.count) / Double(keywords.count)
            if more.count >= 2 || (more.count == 1 && keywords.count <= 3), share >= Self.enough {
                return [best, other]
            }
        }
        return []
    }

    private static func held(_ keywords: [String], by passage: Passage) -> Set<String> {
        let words = Set(FoldedWords.of(passage.title) + FoldedWords.of(passage.text))
        return Set(keywords.filter { keyword in words.contains { FoldedWords.areAlike(keyword, $0) } })
    }
}

/// The stretch of a passage that fits a question best, as it stands there.
enum Quotation {
    /// A quotation shorter than this takes in what follows it.
    static let shortest = 120

    static func best(of text: String, for keywords: [String]) -> String {
        let sentences = Sentences.of(text)
        guard !sentences.isEmpty else { return cut(Substring(text).trimmingSpace()) }
        let held = sentences.map { sentence in
            let words = FoldedWords.of(String(sentence))
            return Set(
                keywords.indices.filter { index in
                    words.contains { FoldedWords.areAlike(keywords[index], $0) }
                })
        }
        var (best, bestScore) = (0...0, -1.0)
        for first in sentences.indices {
            var union: Set<Int> = []
            for last in first..<min(first + 3, sentences.count) {
                union.formUnion(held[last])
                let score = Double(union.count) - 0.3 * Double(last - first)
                if score > bestScore { (best, bestScore) = (first...last, score) }
            }
        }
        return cut(extended(best, sentences, in: text))
    }

    /// Takes in what follows a heading or a short sentence.
    private static func extended(_ range: ClosedRange<Int>, _ sentences: [Substring], in text: String) -> Substring {
        var last = range.upperBound
        func stretch() -> Substring { text[sentences[range.lowerBound].startIndex..<sentences[last].endIndex] }
        while last + 1 < sentences.count {
            let isHeading = sentences[last].last.map { !Sentences.isTerminator($0) } ?? true
            let length = stretch().count
            let grown = length + sentences[last + 1].count
            guard (isHeading && last < range.upperBound + 4) || length < shortest, grown <= 400 else { break }
            last += 1
        }
        return stretch()
    }

    private static func cut(_ text: Substring) -> String {
        guard text.count > BuiltinAnswerer.longestQuotation else { return String(text) }
        let head = text.prefix(BuiltinAnswerer.longestQuotation - 1)
        let end = head.lastIndex(where: \.isWhitespace) ?? head.endIndex
        return head[..<end].trimmingSpace() + "…"
    }
}
