import Channels
import Domain
import Support
import Synchronization
import Testing

@testable import DataPlane

/// One attempt after the other, by hand: what the lane would do.
@Suite struct OutboundHandlerTests {
    let time = ManualTimekeeper()
    let routing = Routing()
    let gates = ChannelGates()
    let slots = SlotPool(total: 4, perKey: 2)

    private func handler(_ store: FakeMessageStore) -> OutboundHandler {
        OutboundHandler(
            queue: Sample.outbound,
            context: SendingContext(
                store: store, routing: routing, transport: OpenTransport(),
                pacer: NumberPacer(store: store, clock: time), slots: slots, gates: gates, timekeeper: time,
                metrics: WorkerMetrics(), nodeID: "n1", logger: silent))
    }

    private func route(_ adapter: FakeAdapter, generation: Int64 = 1, enabled: Bool = true) {
        routing.swap(
            to: Table.make(channels: [(Sample.channelID, adapter)], enabled: enabled, generation: generation))
    }

    private func job(_ message: NormalizedMessage = Sample.outbound(), claimant: String = "n1/x") -> SendJob {
        SendJob(message: message, claimant: claimant)
    }

    @Test func whatIsSentIsClaimedBeforeAndSettledAfter() async throws {
        let calls = Notes<String>()
        let store = FakeMessageStore { call, moment in if moment == .before { calls.add(call) } }
        let adapter = FakeAdapter(
            pairPace: .whatsapp, pacing: ("whatsapp:1", 80),
            answer: { message, _ in
                calls.add("send")
                return .accepted(externalID: "wamid.1")
            })
        route(adapter)
        var job = job()
        #expect(await handler(store).attempt(&job, number: 1) == .done)
        #expect(calls.all == ["reserve", "claim", "beginSending", "send", "settle"])
        let stored = try await store.message(job.message.id)
        #expect(stored?.delivery == .sent && stored?.message.externalID == "wamid.1")
        #expect(slots.taken == 0)
        // Delivered once more, to whomever: nothing is sent.
        var again = self.job(claimant: "n2/y")
        time.advance(milliseconds: 13)
        #expect(await handler(store).attempt(&again, number: 1) == .done)
        #expect(adapter.sent.count == 1)
    }

    @Test func whatThePlatformSaidSurvivesAStoreThatIsAway() async throws {
        let isAway = Shared(false)
        let store = FakeMessageStore { call, _ in
            if call == "settle", isAway.withLock({ $0 }) { throw DependencyError.unavailable("down") }
        }
        let adapter = FakeAdapter { _, _ in
            isAway.withLock { $0 = true }
            return .accepted(externalID: "wamid.kept")
        }
        route(adapter)
        var job = job()
        let handler = handler(store)
        for _ in 0..<10 { #expect(await handler.attempt(&job, number: 1) == .unavailable("down")) }
        // Not even an attempt that was cancelled for taking too long counts now.
        #expect(handler.timedOut(job, end: .unavailable("down")) == .unavailable("down"))
        isAway.withLock { $0 = false }
        #expect(await handler.attempt(&job, number: 1) == .done)
        #expect(adapter.sent.count == 1)
        #expect(try await store.message(job.message.id)?.message.externalID == "wamid.kept")
    }

    @Test func whatFailedIsReleasedBeforeItIsTriedAgain() async throws {
        let isAway = Shared(true)
        let store = FakeMessageStore { call, _ in
            if call == "release", isAway.withLock({ $0 }) { throw DependencyError.unavailable("down") }
        }
        let adapter = FakeAdapter { _, before in
            before == 0
                ? .retry(
                    .init(reason: "busy", code: 4, afterMilliseconds: 1234, countsAsAttempt: true), partsSent: 2)
                : .accepted(externalID: "x")
        }
        route(adapter)
        var job = job()
        let handler = handler(store)
        #expect(await handler.attempt(&job, number: 1) == .unavailable("down"))
        #expect(await handler.attempt(&job, number: 1) == .unavailable("down"))
        isAway.withLock { $0 = false }
        #expect(await handler.attempt(&job, number: 1) == .failed("busy", afterMilliseconds: 1234))
        #expect(try await store.message(job.message.id)?.delivery == .queued)
        #expect(await handler.attempt(&job, number: 2) == .done)
        #expect(adapter.sent.map(\.partsSent) == [0, 2])
    }

    @Test func aCopyThatComesMeanwhileDoesNotLoseWhatWasNotTaken() async throws {
        let store = FakeMessageStore()
        let copies = Notes<Claim>()
        let time = time
        let adapter = FakeAdapter { message, before in
            guard before == 0 else { return .accepted(externalID: "x") }
            do {
                copies.add(try await store.claim(message, node: "n2/y", pace: nil, now: time.now()))
            } catch {
                return .unknown
            }
            return .retry(.init(reason: "busy", code: 4, afterMilliseconds: 10, countsAsAttempt: true), partsSent: 0)
        }
        route(adapter)
        var job = job()
        let handler = handler(store)
        #expect(await handler.attempt(&job, number: 1) == .failed("busy", afterMilliseconds: 10))
        #expect(copies.all == [.uncertain])
        #expect(try await store.message(job.message.id)?.delivery == .queued)
        #expect(!store.isPublished(job.message.id), "another copy is to come, should this process die")
        #expect(await handler.attempt(&job, number: 2) == .done)
        #expect(adapter.sent.count == 2)
        #expect(try await store.message(job.message.id)?.delivery == .sent)
    }

    @Test(arguments: [
        (
            SendResult.Retry(reason: "slow", code: 131_056, afterMilliseconds: 4000, countsAsAttempt: false),
            AttemptEnd.hold(milliseconds: 4000)
        ),
        (
            .init(reason: "slow", code: 4, afterMilliseconds: .max, countsAsAttempt: false),
            .hold(milliseconds: 3_600_000)
        ),
        (.init(reason: "refused", code: nil, afterMilliseconds: nil, countsAsAttempt: false), .unavailable("refused")),
        (.init(reason: "500", code: 1, afterMilliseconds: nil, countsAsAttempt: true), .failed("500")),
    ]) func retriesCountOrDoNot(retry: SendResult.Retry, end: AttemptEnd) async {
        let store = FakeMessageStore()
        route(FakeAdapter { _, _ in .retry(retry, partsSent: 0) })
        var job = job()
        #expect(await handler(store).attempt(&job, number: 1) == end)
    }

    @Test func finalRefusalsAndUnknownsAreSettled() async throws {
        let store = FakeMessageStore()
        let results: [SendResult] = [
            .failed(reason: "window_closed", code: 131_047, text: "too late"), .unknown,
        ]
        route(FakeAdapter { _, before in results[before] })
        var (failed, unknown) = (job(Sample.outbound(number: 1)), job(Sample.outbound(customer: "2")))
        #expect(await handler(store).attempt(&failed, number: 1) == .done)
        let stored = try await store.message(failed.message.id)
        #expect(stored?.delivery == .failed && stored?.reason == "window_closed" && stored?.code == 131_047)
        #expect(await handler(store).attempt(&unknown, number: 1) == .done)
        #expect(try await store.message(unknown.message.id)?.delivery == .unknown)
        // Never repeated blindly.
        var again = job(unknown.message, claimant: "n2/z")
        #expect(await handler(store).attempt(&again, number: 1) == .done)
    }

    @Test(arguments: [("claim", DeliveryStatus.queued), ("beginSending", .queued)])
    func aConfirmationThatWasLostIsAskedForAgain(lost: String, state: DeliveryStatus) async throws {
        let loses = Shared(true)
        let store = FakeMessageStore { call, moment in
            if call == lost, moment == .after, loses.withLock({ $0 }) { throw DependencyError.unavailable("down") }
        }
        let adapter = FakeAdapter()
        route(adapter)
        var job = job()
        #expect(await handler(store).attempt(&job, number: 1) == .unavailable("down"))
        #expect(try await store.message(job.message.id)?.delivery == state)
        #expect(adapter.sent.isEmpty)
        loses.withLock { $0 = false }
        #expect(await handler(store).attempt(&job, number: 1) == .done)
        #expect(adapter.sent.count == 1)
        #expect(try await store.message(job.message.id)?.delivery == .sent)
    }

    @Test func aClaimThatWasTakenOverWritesNothing() async throws {
        let message = Sample.outbound()
        let noted = Shared<FakeMessageStore?>(nil)
        let store = FakeMessageStore { [time] call, moment in
            guard call == "claim", moment == .after else { return }
            // Delivered to another node meanwhile.
            let thief = noted.withLock { store in
                defer { store = nil }
                return store
            }
            _ = try await thief?.claim(message, node: "n2/y", pace: nil, now: time.now())
        }
        noted.withLock { $0 = store }
        let adapter = FakeAdapter()
        route(adapter)
        var job = job(message)
        #expect(await handler(store).attempt(&job, number: 1) == .done)
        #expect(adapter.sent.isEmpty)
        #expect(try await store.message(message.id)?.delivery == .queued)
        #expect(try await store.beginSending(message.id, attempt: 2, now: time.now()))
    }

    @Test func pacesOfNumberAndPairHoldTheLane() async throws {
        let store = FakeMessageStore()
        let adapter = FakeAdapter(
            pairPace: PairPace(intervalMilliseconds: 6000, burst: 2), pacing: ("whatsapp:1", 2))
        route(adapter)
        let handler = handler(store)
        var jobs = (1...3).map { job(Sample.outbound(number: UInt64($0)), claimant: "n1/\($0)") }
        #expect(await handler.attempt(&jobs[0], number: 1) == .done)
        #expect(await handler.attempt(&jobs[1], number: 1) == .hold(milliseconds: 500))
        time.advance(milliseconds: 500)
        #expect(await handler.attempt(&jobs[1], number: 1) == .done)
        #expect(await handler.attempt(&jobs[2], number: 1) == .hold(milliseconds: 500))
        time.advance(milliseconds: 500)
        // The number would, the pair would not yet.
        let end = await handler.attempt(&jobs[2], number: 1)
        guard case .hold(let wait) = end else {
            Issue.record("\(end)")
            return
        }
        #expect((1...6000).contains(wait))
        time.advance(milliseconds: wait)
        // Its place in the number's pace was kept.
        #expect(await handler.attempt(&jobs[2], number: 1) == .done)
        #expect(adapter.sent.count == 3)
    }

    @Test func aPausedChannelHoldsItsMessagesUntilAProbeOrAChange() async throws {
        let store = FakeMessageStore()
        let isBroken = Shared(true)
        let adapter = FakeAdapter { _, _ in
            isBroken.withLock { $0 }
                ? .pause(reason: "token", code: 190, text: "expired", partsSent: 0) : .accepted(externalID: "x")
        }
        route(adapter)
        let handler = handler(store)
        var jobs = (1...4).map { job(Sample.outbound(customer: "\($0)"), claimant: "n1/\($0)") }
        #expect(await handler.attempt(&jobs[0], number: 1) == .hold(milliseconds: 1000))
        #expect(gates.pause(Sample.channelID)?.code == 190)
        #expect(try await store.message(jobs[0].message.id)?.delivery == .queued)
        for index in 0..<4 { #expect(await handler.attempt(&jobs[index], number: 1) == .hold(milliseconds: 1000)) }
        #expect(adapter.sent.count == 1)
        // A probe a minute.
        time.advance(milliseconds: 60_000)
        for index in 0..<4 { #expect(await handler.attempt(&jobs[index], number: 1) == .hold(milliseconds: 1000)) }
        #expect(adapter.sent.count == 2)
        // New credentials open it at once.
        isBroken.withLock { $0 = false }
        route(adapter, generation: 2)
        for index in 0..<4 { #expect(await handler.attempt(&jobs[index], number: 1) == .done) }
        #expect(adapter.sent.count == 6 && gates.pause(Sample.channelID) == nil)
    }

    @Test func aMissingChannelIsWaitedForThenItsMessagesDie() async throws {
        let store = FakeMessageStore()
        let handler = handler(store)
        var job = job()
        // No config at all yet: for as long as it takes.
        for _ in 0..<5 {
            #expect(await handler.attempt(&job, number: 1) == .hold(milliseconds: 1000))
            time.advance(milliseconds: 60_000)
        }
        routing.swap(to: Table.make(channels: []))
        #expect(await handler.attempt(&job, number: 1) == .poison("its channel does not exist any more"))
        try await handler.buried(job, burial: Burial(error: "gone", attempts: 1))
        // A disabled one keeps them.
        route(FakeAdapter(), enabled: false)
        var held = self.job(Sample.outbound(customer: "2"))
        for _ in 0..<5 {
            #expect(await handler.attempt(&held, number: 1) == .hold(milliseconds: 1000))
            time.advance(milliseconds: 60_000)
        }
        route(FakeAdapter())
        #expect(await handler.attempt(&held, number: 1) == .done)
    }

    @Test func whatExhaustsItsRetriesFailsInTheStore() async throws {
        let store = FakeMessageStore()
        route(
            FakeAdapter { _, _ in
                .retry(.init(reason: "500", code: 1, afterMilliseconds: nil, countsAsAttempt: true), partsSent: 0)
            })
        var job = job()
        let handler = handler(store)
        for number in 1...4 { #expect(await handler.attempt(&job, number: number) == .failed("500")) }
        try await handler.buried(job, burial: Burial(error: "500", attempts: 4))
        let stored = try await store.message(job.message.id)
        #expect(stored?.delivery == .failed && stored?.reason == "retries_exhausted" && stored?.code == 1)
    }

    @Test func theOrderOfAConversationIsKeptAcrossNodes() async throws {
        let store = FakeMessageStore()
        let adapter = FakeAdapter()
        route(adapter)
        // Recorded in order, delivered the other way round.
        _ = try await store.claim(Sample.outbound(number: 1), node: "n9/a", pace: nil, now: time.now())
        var second = job(Sample.outbound(number: 2))
        #expect(await handler(store).attempt(&second, number: 1) == .predecessorOpen)
        #expect(adapter.sent.isEmpty)
        try await store.settle(Sample.outbound(number: 1).id, .sent(externalID: "1"), now: time.now())
        #expect(await handler(store).attempt(&second, number: 1) == .done)
    }

    @Test func anotherTenantsChannelIsNone() async {
        let store = FakeMessageStore()
        let adapter = FakeAdapter()
        route(adapter)
        var foreign = Sample.outbound()
        foreign.tenantID = "t2"
        var job = job(foreign)
        #expect(await handler(store).attempt(&job, number: 1) == .hold(milliseconds: 1000))
        #expect(adapter.sent.isEmpty)
    }
}
