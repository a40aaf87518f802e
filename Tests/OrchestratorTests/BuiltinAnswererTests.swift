import Domain
import Testing

@testable import Orchestrator

@Suite struct BuiltinAnswererTests {
    static let hours = Passage(
        documentID: "d1", title: "Opening hours",
        text: """
            Opening hours
            We are open Monday to Friday from 9:00 to 17:00. On Saturday we close at noon. We are closed on Sunday.
            """, score: 0.9, coverage: 1, kind: .keyword)

    private func answer(
        _ text: String?, _ passages: [Passage], locale: String = "en", type: MessageType = .text
    ) async throws -> Draft {
        var settings = TenantSettings()
        settings.locale = [locale]
        settings.brandName = "Acme"
        var message = TextTests.message(text)
        message.type = type
        return try await BuiltinAnswerer().answer(
            AnswerRequest(
                inbound: message, question: Question(message), language: Language.spoken(settings)[0],
                tenant: TenantProfile(id: "t", name: "Acme", settings: settings), history: [], passages: passages))
    }

    private func text(_ draft: Draft) -> String { if case .reply(let text, _) = draft { text } else { "" } }

    @Test func itQuotesTheBestSentencesVerbatimAndNamesTheDocument() async throws {
        let draft = try await answer("When are you open on Saturday?", [Self.hours])
        #expect(text(draft).contains("On Saturday we close at noon."))
        #expect(text(draft).contains("“Opening hours”"))
        #expect(draft == .reply(text: text(draft), sources: [.init(documentID: "d1", title: "Opening hours")]))
    }

    @Test func aHeadingAloneIsNoAnswer() async throws {
        let draft = try await answer("opening hours?", [Self.hours])
        #expect(text(draft).contains("We are open Monday to Friday from 9:00 to 17:00."))
    }

    @Test func itSaysHonestlyWhenItDoesNotKnow() async throws {
        var weak = Self.hours
        weak.coverage = 0.4
        for passages in [[], [weak]] {
            let draft = try await answer("Do you sell penguin feed?", passages)
            guard case .unknowing(let reason, let handingOver, let alone) = draft else {
                Issue.record("it claims to know: \(draft)")
                continue
            }
            #expect(reason == "unknown" && handingOver.contains("colleague") && !alone.contains("colleague"))
        }
        // Nothing but small words: there is nothing to know it from.
        if case .reply = try await answer("what is it?", [Self.hours]) {
            Issue.record("answered a question of nothing")
        }
        var zero = Self.hours
        zero.score = 0
        if case .reply = try await answer("open?", [zero]) { Issue.record("answered from a passage of score 0") }
    }

    @Test func twoPassagesMayAnswerTogether() async throws {
        let delivery = Passage(
            documentID: "d2", title: "Delivery", text: "We deliver to Zagreb within two days.", score: 0.5,
            coverage: 0.5, kind: .keyword)
        var hours = Self.hours
        hours.coverage = 0.5
        let draft = try await answer("Opening hours, and delivery to Zagreb?", [hours, delivery])
        #expect(text(draft).contains("We deliver to Zagreb within two days."))
        #expect(text(draft).contains("We are open Monday to Friday"))
    }

    @Test func itGreetsAndTakesItsLeave() async throws {
        #expect(text(try await answer("Hi", [])) == "Hello! Welcome to Acme. How can I help you?")
        #expect(text(try await answer("Hallo!", [], locale: "de")).contains("Willkommen bei Acme"))
        #expect(text(try await answer("hvala", [], locale: "hr-HR")).contains("Nema na čemu"))
        // A nod needs no words.
        #expect(!text(try await answer(nil, [], type: .sticker)).isEmpty)
    }

    @Test func whatHasNoWordsGoesToAPerson() async throws {
        guard case .unknowing("no_text", _, _) = try await answer(nil, [], type: .image) else {
            Issue.record("answered a picture")
            return
        }
    }

    @Test func quotationsAreBounded() async throws {
        let endless = Passage(
            documentID: "d", title: "T", text: String(repeating: "hours and hours ", count: 2000), score: 1,
            coverage: 1, kind: .keyword)
        #expect(text(try await answer("hours", [endless])).count < 800)
        let unbroken = Passage(
            documentID: "d", title: "T", text: "hours" + String(repeating: "x", count: 20_000), score: 1, coverage: 1,
            kind: .keyword)
        #expect(text(try await answer("hours", [unbroken])).count < 800)
    }

    @Test(arguments: ["", "\n\n", "🤷‍♀️", "\u{301}\u{301}", "((((", "a\u{0}b", String(repeating: "ß", count: 5000)])
    func noTextTraps(text: String) async throws {
        _ = try await answer(text, [Self.hours])
        var odd = Self.hours
        odd.text = text
        odd.title = text
        _ = try await answer("opening hours", [odd])
    }
}
