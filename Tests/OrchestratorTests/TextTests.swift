import Domain
import Testing

@testable import Orchestrator

@Suite struct TextTests {
    @Test(arguments: [
        ("What's your name?", ["whats", "your", "name"]),
        ("ÖFFNUNGSZEITEN", ["offnungszeiten"]),
        ("Straße & Maße", ["strasse", "masse"]),
        ("čćžšđ ČĆŽŠĐ", ["cczsd", "cczsd"]),
        // Decomposed and composed spellings are one.
        ("Cafe\u{301} Café", ["cafe", "cafe"]),
        ("naïve Ångström ø Łódź", ["naive", "angstrom", "o", "lodz"]),
        ("İstanbul", ["istanbul"]),
        ("  \n—!?  ", []),
        ("a1-b2", ["a1", "b2"]),
        ("日本語", ["日本語"]),
        ("don’t", ["dont"]),
    ]) func wordsAreFolded(text: String, words: [String]) {
        #expect(FoldedWords.of(text) == words)
    }

    @Test func phrasesMatchWholeWordsInARow() {
        let words = FoldedWords.of("Može li čovjek, molim?")
        #expect(FoldedWords.contains(words, ["li", "covjek"]))
        #expect(!FoldedWords.contains(words, ["moze", "covjek"]))
        #expect(!FoldedWords.contains(["humanity"], ["human"]))
        #expect(!FoldedWords.contains(words, []))
        #expect(!FoldedWords.contains([], ["a"]))
    }

    @Test(arguments: [
        ("opening", "open", true), ("hours", "hour", true), ("shipping", "ship", true), ("return", "returns", true),
        ("dostava", "dostavu", true), ("contract", "contact", false), ("pay", "paying", false), ("a", "a", true),
        ("open", "openheimerian", false),
    ]) func wordsAreAlikeButForTheirEndings(one: String, other: String, alike: Bool) {
        #expect(FoldedWords.areAlike(one, other) == alike)
        #expect(FoldedWords.areAlike(other, one) == alike)
    }

    @Test(arguments: [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("We open at 9.30 a.m. and close at 5. Come in.", ["We open at 9.30 a.m. and close at 5. Come in."]),
        ("Ask Dr. Smith. He knows.", ["Ask Dr. Smith.", "He knows."]),
        ("Opening hours\nMonday to Friday\n\nSaturday", ["Opening hours", "Monday to Friday", "Saturday"]),
        (
            "This line of text was wrapped at some width\nand goes on here. Then it ends.",
            ["This line of text was wrapped at some width\nand goes on here.", "Then it ends."]
        ),
        ("Od 1. siječnja radimo. Vidimo se.", ["Od 1. siječnja radimo.", "Vidimo se."]),
        ("... --- !!!", []), ("", []), ("a", ["a"]), ("Yes…No", ["Yes…No"]),
    ]) func sentencesAreCut(text: String, sentences: [String]) {
        #expect(Sentences.of(text).map(String.init) == sentences)
    }

    @Test(arguments: [
        ("Hi!", Question.Smalltalk.greeting), ("hello there", .greeting), ("Good morning", .greeting),
        ("Thanks a lot!", .closing), ("ok thank you", .closing), ("Bye", .closing), ("Hello, what do you cost?", nil),
        ("good", nil), ("open?", nil), ("morning opening hours", nil),
    ]) func smalltalkIsRecognised(text: String, kind: Question.Smalltalk?) {
        #expect(Question(text: text)?.smalltalk(.english) == kind)
    }

    @Test(arguments: [
        ("Guten Tag", Language.german, Question.Smalltalk.greeting), ("Vielen Dank!", .german, .closing),
        ("Dobar dan", .croatian, .greeting), ("Hvala puno", .croatian, .closing), ("Bok", .croatian, .closing),
    ]) func inEveryLanguage(text: String, language: Language, kind: Question.Smalltalk) {
        #expect(Question(text: text)?.smalltalk(language) == kind)
    }

    @Test func theQueryIsTheQuestionWithoutItsPoliteness() {
        let question = Question(text: "Hi, could you please tell me what your opening-hours are in Zürich?")
        #expect(question?.query(.english) == "opening-hours Zürich")
        #expect(question?.keywords(.english) == ["opening", "hours", "zurich"])
        // Where nothing is left, everything is asked.
        #expect(Question(text: "who are you?")?.query(.english) == "who are you")
        #expect(Question(text: "who are you?")?.keywords(.english) == [])
        #expect(Question(text: "?!") == nil)
    }

    @Test func longTextsAreBounded() {
        let text = (0..<5000).map { "word\($0)" }.joined(separator: " ")
        var message = Self.message(nil)
        message.content = MessageContent(text: text)
        let question = Question(message)
        #expect((question?.text.unicodeScalars.count ?? 0) <= Question.longest)
        #expect(question?.keywords(.english).count == Question.mostWords)
        #expect((question?.query(.english).split(separator: " ").count ?? 0) <= Question.mostWords)
    }

    @Test func aQuestionIsTextChoiceOrCaption() {
        var message = Self.message(nil)
        #expect(Question(message) == nil)
        message.content = MessageContent(media: .init(url: "graph:1", mimeType: "image/png", caption: "This one?"))
        #expect(Question(message)?.text == "This one?")
        message.content = MessageContent(reply: .init(title: "Prices", payload: "p"))
        #expect(Question(message)?.text == "Prices")
    }

    static func message(_ text: String?) -> NormalizedMessage {
        let now = Timestamp(milliseconds: 0)
        return NormalizedMessage(
            id: MessageID(at: now), tenantID: "t", channelID: "c", channel: .whatsapp, conversationID: "c:1",
            direction: .inbound, from: "1", timestamp: now, type: .text, content: MessageContent(text: text))
    }

    @Test func theLanguageIsTheCustomersAmongTheTenants() {
        var settings = TenantSettings()
        #expect(Language.spoken(settings) == [.english])
        settings.locale = ["pt-BR", "de-AT", "HR", "en"]
        let spoken = Language.spoken(settings)
        #expect(spoken == [.german, .croatian, .english])
        #expect(Language.of(FoldedWords.of("What does it cost?"), among: spoken) == .english)
        #expect(Language.of(FoldedWords.of("Koliko to košta?"), among: spoken) == .croatian)
        #expect(Language.of(FoldedWords.of("Preise"), among: spoken) == .german)
        #expect(Language.of([], among: []) == .english)
    }

    @Test func everyPhraseExistsInEveryLanguageAndTone() {
        for language in Language.allCases {
            for tone in TenantSettings.Tone.allCases {
                var settings = TenantSettings()
                settings.tone = tone
                settings.brandName = "Acme & Söhne"
                let phrases = Phrases(language: language, settings: settings)
                let all = [
                    phrases.greeting, phrases.closing, phrases.source("T"), phrases.handOverUnknowing,
                    phrases.unknowing, phrases.handOverWanted, phrases.handOverWordless, phrases.wordless,
                ]
                #expect(Set(all).count == all.count && all.allSatisfy { !$0.isEmpty })
                #expect(phrases.greeting.contains("Acme & Söhne"))
            }
        }
    }

    @Test(arguments: [
        ("I want to talk to a HUMAN please", true), ("Agent", true), ("human!", true), ("cleaning agent prices", false),
        ("is humanity doomed", false), ("Želim razgovarati s čovjekom", true), ("razgovarati", false),
        ("Mit einem Menschen, bitte", true), ("ŠEF molim", true), ("sefovi", false),
    ]) func handoffKeywordsAreWholeWordsOfAnyCase(text: String, matches: Bool) {
        var settings = TenantSettings()
        settings.humanHandoffKeywords = ["šef", "!!"]
        #expect(HandoffKeywords(settings).match(text) == matches)
    }
}
