import Domain
import JSONCoding
import Support
import Synchronization
import Testing

@testable import Orchestrator

@Suite struct PipelineTests {
    final class Outlet: AnswerOutlet {
        let published = Mutex<[NormalizedMessage]>([])
        let isAway = Mutex(false)

        func publish(_ answer: NormalizedMessage) async throws {
            if isAway.withLock({ $0 }) { throw PublishError.unavailable("down") }
            published.withLock { $0.append(answer) }
        }

        var all: [NormalizedMessage] { published.withLock { $0 } }
    }

    final class Typing: TypingIndicator {
        let shown = Mutex<[MessageID]>([])
        func show(answering inbound: NormalizedMessage) { shown.withLock { $0.append(inbound.id) } }
        var all: [MessageID] { shown.withLock { $0 } }
    }

    let store = FakeMessageStore()
    let documents = FakeDocumentStore([("Opening hours", "The opening hours are 9 to 17. Closed on Sunday.")])
    let outlet = Outlet()
    let typing = Typing()
    let clock = ManualClock(Sample.start)

    private func pipeline(_ answerer: any Answerer = BuiltinAnswerer()) -> Pipeline {
        Pipeline(
            store: store, documents: documents, answerer: answerer, outlet: outlet, typing: typing, clock: clock,
            metrics: PipelineMetrics())
    }

    private func handle(
        _ message: NormalizedMessage, _ settings: TenantSettings = TenantSettings(),
        answerer: any Answerer = BuiltinAnswerer()
    ) async throws -> Pipeline.Handled {
        try await pipeline(answerer).handle(
            message, for: TenantProfile(id: Sample.tenantID, name: "Acme", settings: settings))
    }

    @Test func aQuestionIsAnsweredFromTheDocuments() async throws {
        let inbound = Sample.inbound()
        #expect(try await handle(inbound) == .ended(.answered))
        let answer = try #require(outlet.all.first)
        #expect(answer.content.text?.contains("The opening hours are 9 to 17.") == true)
        #expect(answer.direction == .outbound && answer.from == "bot" && answer.to == inbound.from)
        #expect(answer.conversationID == inbound.conversationID && answer.channelID == inbound.channelID)
        #expect(answer.position == 2 && store.isPublished(answer.id))
        #expect(answer.metadata["sources"]?.array?.first?["title"]?.string == "Opening hours")
        #expect(typing.all == [inbound.id] && documents.queries == ["opening hours"])
        #expect(try await store.message(answer.id)?.answers == inbound.id)
    }

    @Test func aRedeliveryHasNoSecondEffect() async throws {
        let inbound = Sample.inbound()
        for _ in 0..<20 { #expect(try await handle(inbound) == .ended(.answered)) }
        #expect(outlet.all.count == 1 && typing.all.count == 1)
        var again = inbound
        again.id = MessageID(high: 9, low: 9)
        #expect(try await handle(again) == .duplicate(of: inbound.id))
        #expect(outlet.all.count == 1)
    }

    @Test func anAnswerThatWasNotPublishedIsPublishedUnderItsOneID() async throws {
        outlet.isAway.withLock { $0 = true }
        await #expect(throws: PublishError.unavailable("down")) { try await handle(Sample.inbound()) }
        #expect(store.all.count == 2)
        outlet.isAway.withLock { $0 = false }
        #expect(try await handle(Sample.inbound()) == .ended(.answered))
        #expect(outlet.all.count == 1 && store.all.count == 2 && outlet.all[0].id == store.all[1].message.id)
    }

    @Test func oldMessagesAreRecordedNotAnswered() async throws {
        var settings = TenantSettings()
        settings.staleAfterSeconds = 60
        clock.advance(milliseconds: 60_000)
        #expect(try await handle(Sample.inbound(number: 1), settings) == .ended(.answered))
        clock.advance(milliseconds: 1)
        #expect(try await handle(Sample.inbound(number: 2), settings) == .ended(.stale))
        #expect(outlet.all.count == 1)
    }

    @Test(arguments: [MessageType.reaction, .unsupported]) func whatWantsNoAnswerIsNoted(type: MessageType) async throws
    {
        let content = MessageContent(reaction: .init(externalID: "x", emoji: "👍"))
        #expect(try await handle(Sample.inbound(type: type, content: content)) == .ended(.noted))
        #expect(outlet.all.isEmpty && typing.all.isEmpty)
    }

    @Test func aPersonsConversationGetsNoWordFromTheBot() async throws {
        #expect(try await handle(Sample.inbound("Let me talk to a human", number: 1)) == .ended(.escalated))
        #expect(outlet.all.first?.content.text?.contains("colleague") == true)
        let key = Sample.inbound().conversation
        #expect(try await store.conversation(key)?.status == .assignedHuman)
        #expect(try await handle(Sample.inbound(number: 2)) == .ended(.held))
        #expect(outlet.all.count == 1 && typing.all.isEmpty)
        // It stays with the person, whatever comes in.
        #expect(try await store.conversation(key)?.status == .assignedHuman)
        store.setStatus(.active, of: key)
        #expect(try await handle(Sample.inbound(number: 3)) == .ended(.answered))
    }

    @Test func aTakeoverWhileTheAnswerIsMadeWins() async throws {
        struct Slow: Answerer {
            let store: FakeMessageStore
            var historyLimit: Int { 0 }
            func answer(_ request: AnswerRequest) async throws -> Draft {
                store.setStatus(.assignedHuman, of: request.inbound.conversation)
                return .reply(text: "too late", sources: [])
            }
        }
        #expect(try await handle(Sample.inbound(), answerer: Slow(store: store)) == .ended(.held))
        #expect(outlet.all.isEmpty && store.all.count == 1)
    }

    @Test func whatItDoesNotKnowGoesToAPersonOrIsSaidPlainly() async throws {
        let inbound = Sample.inbound("Do you repair submarines?")
        #expect(try await handle(inbound) == .ended(.escalated))
        #expect(try await store.message(inbound.id)?.reason == "unknown")
        #expect(try await store.conversation(inbound.conversation)?.status == .assignedHuman)
        var settings = TenantSettings()
        settings.enableHumanHandoff = false
        let other = Sample.inbound("Do you repair submarines? I want a human agent", customer: "2")
        #expect(try await handle(other, settings) == .ended(.answered))
        #expect(try await store.conversation(other.conversation)?.status == .active)
        #expect(outlet.all.last?.content.text?.contains("don't know") == true)
    }

    @Test func withoutRetrievalNoDocumentIsRead() async throws {
        var settings = TenantSettings()
        settings.enableRag = false
        #expect(try await handle(Sample.inbound(), settings) == .ended(.escalated))
        #expect(documents.queries.isEmpty)
    }

    @Test func aMessageWaitsForTheOneBeforeIt() async throws {
        let first = Sample.inbound(number: 1)
        _ = try await store.record(first, now: clock.now())
        #expect(try await handle(Sample.inbound(number: 2)) == .predecessorOpen)
        #expect(try await handle(first) == .ended(.answered))
        #expect(try await handle(Sample.inbound(number: 2)) == .ended(.answered))
        // But not for ever.
        _ = try await store.record(Sample.inbound(number: 3), now: clock.now())
        clock.advance(milliseconds: 30_000)
        #expect(try await handle(Sample.inbound(number: 4)) == .ended(.answered))
    }

    @Test func theAnswererSeesNoMoreOfThePastThanTheLatestTwenty() async throws {
        var settings = TenantSettings()
        settings.enableHumanHandoff = false
        for number in 1...15 { _ = try await handle(Sample.inbound("q\(number)", number: UInt64(number)), settings) }
        _ = try await handle(Sample.inbound("latest", number: 16), answerer: Echo())
        let text = try #require(outlet.all.last?.content.text)
        #expect(text.split(separator: "|").count == 20 && !text.contains("latest"))

        struct Echo: Answerer {
            var historyLimit: Int { 500 }
            func answer(_ request: AnswerRequest) async throws -> Draft {
                .reply(text: request.history.map { $0.message.content.text ?? "" }.joined(separator: "|"), sources: [])
            }
        }
    }

    @Test func anAnswererThatFailsLeavesTheMessageOpen() async throws {
        struct Broken: Answerer {
            struct Failure: Error {}
            var historyLimit: Int { 0 }
            func answer(_ request: AnswerRequest) async throws -> Draft { throw Failure() }
        }
        await #expect(throws: Broken.Failure.self) { try await handle(Sample.inbound(), answerer: Broken()) }
        #expect(try await store.message(Sample.inbound().id)?.outcome == .received)
        #expect(try await handle(Sample.inbound()) == .ended(.answered))
    }

    @Test func theAnswerSpeaksTheCustomersLanguage() async throws {
        var settings = TenantSettings()
        settings.locale = ["de", "en"]
        _ = try await handle(Sample.inbound("Can you help me with it?", customer: "1"), settings)
        _ = try await handle(Sample.inbound("Könnt ihr mir U-Boote reparieren?", customer: "2"), settings)
        #expect(outlet.all[0].content.text?.contains("I'm afraid") == true)
        #expect(outlet.all[1].content.text?.contains("leider nicht") == true)
    }
}
