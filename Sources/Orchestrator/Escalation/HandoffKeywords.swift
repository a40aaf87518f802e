package import Domain

/// The phrases by which customers ask for a person: the tenant's own, besides those that mean nothing else.
///
/// Whole words in a row, without regard to case and diacritics.
package struct HandoffKeywords: Sendable {
    private let phrases: [[String]]
    /// Words that count only as the whole message: "agent" alone is a wish, "cleaning agent" is a product.
    private let alone: Set<[String]>

    package init(_ settings: TenantSettings) {
        phrases = (Self.common + settings.humanHandoffKeywords).map(FoldedWords.of).filter { !$0.isEmpty }
        alone = Self.commonAlone
    }

    package func match(_ text: String) -> Bool { match(FoldedWords.of(text)) }

    func match(_ words: [String]) -> Bool {
        alone.contains(words) || phrases.contains { FoldedWords.contains(words, $0) }
    }

    private static let commonAlone = Set(
        ["human", "agent", "operator", "person", "support", "mensch", "mitarbeiter", "covjek", "agent please", "osoba"]
            .map(FoldedWords.of))

    private static let common = [
        "human agent", "live agent", "real person", "real human", "human being", "talk to a human", "speak to a human",
        "talk to a person", "speak to a person", "talk to someone", "speak to someone", "speak with someone",
        "talk to an agent", "speak to an agent", "customer service representative",
        "mit einem menschen", "echter mensch", "echten menschen", "mit einem mitarbeiter", "mit einer mitarbeiterin",
        "mit jemandem sprechen", "mit jemandem reden",
        "razgovarati s covjekom", "razgovarati sa covjekom", "s pravom osobom", "s agentom", "s operaterom",
        "razgovarati s nekim", "prava osoba",
    ]
}
