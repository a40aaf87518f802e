import Testing

@testable import Channels

@Suite struct TextLimitTests {
    @Test func whatFitsStaysWhole() {
        #expect(TextLimit(5).split("12345") == ["12345"])
        #expect(TextLimit(5).split("") == [])
        #expect(TextLimit(5).split(" \n ") == [])
    }

    @Test func cutsAtTheBestPlaceOfTheLastHalf() {
        #expect(
            TextLimit(30).split("One two three.\n\nFour five six. Seven eight") == [
                "One two three.", "Four five six. Seven eight",
            ])
        #expect(TextLimit(24).split("First sentence. Second one here") == ["First sentence.", "Second one here"])
        #expect(TextLimit(10).split("aaaa bbbb cccc") == ["aaaa bbbb", "cccc"])
        #expect(TextLimit(9).split("aaaa bbbb cccc") == ["aaaa bbbb", "cccc"])
        #expect(TextLimit(4).split("abcdefghij") == ["abcd", "efgh", "ij"])
    }

    @Test func neverInsideACharacter() {
        let family = "👨‍👩‍👧‍👦"
        let pieces = TextLimit(30).split(String(repeating: family, count: 7))
        #expect(pieces.allSatisfy { $0.utf16.count <= 30 && $0.allSatisfy { String($0) == family } })
        #expect(pieces.joined().count == 7)
        let flags = TextLimit(10).split(String(repeating: "🇩🇪", count: 9))
        #expect(flags.joined() == String(repeating: "🇩🇪", count: 9))
        #expect(flags.allSatisfy { $0.utf16.count <= 10 })
    }

    /// A letter under ten thousand accents is one character.
    @Test func aCharacterLongerThanTheLimitIsCutInItself() {
        let tower = "a" + String(repeating: "\u{301}", count: 10_000)
        let pieces = TextLimit(4096).split("before " + tower + " after")
        #expect(pieces.allSatisfy { (1...4096).contains($0.utf16.count) })
        #expect(pieces.map(\.unicodeScalars.count).reduce(0, +) >= 10_001 + 11)
    }

    @Test func nothingIsLostButWhiteSpace() {
        var random = Seeded(state: 7)
        let alphabet: [Character] = ["a", "ä", "e\u{301}", "👍🏽", " ", " ", "\n", ".", "!", "字", "。", "\r\n", "🇫🇷"]
        for round in 0..<2000 {
            let text = String(
                (0..<Int.random(in: 0..<120, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" }
            )
            let limit = Int.random(in: 8...40, using: &random)
            let pieces = TextLimit(limit).split(text)
            let whole = pieces.allSatisfy { !$0.isEmpty && $0.utf16.count <= limit }
            let same = pieces.joined().filter { !$0.isWhitespace } == text.filter { !$0.isWhitespace }
            #expect(whole && same, "round \(round): \(text.debugDescription) at \(limit)")
        }
    }

    @Test func titlesAreCutWithAnEllipsis() {
        #expect(TextLimit(20).cut("Exactly twenty chars") == "Exactly twenty chars")
        #expect(TextLimit(20).cut("Exactly twenty-one ch") == "Exactly twenty-one…")
        #expect(TextLimit(8).cut("two\nlines") == "two lin…")
        #expect(TextLimit(6).cut("👍🏽👍🏽👍🏽") == "👍🏽…")
    }
}
