import Domain
import JSONCoding
import Support
import Synchronization
import Testing

@testable import DataPlane

@Suite struct StatusWorkerTests {
    let broker = FakeBroker()
    let time = ManualTimekeeper()
    let gates = ChannelGates()
    let routing = Routing()

    private func with(
        _ store: any MessageStore, _ test: (StatusWorker, FakeConnection) async throws -> Void
    ) async throws {
        let connection = broker.connect()
        try await connection.ensureQueue("metachat.statuses", singleActiveConsumer: false)
        let worker = StatusWorker(
            broker: connection, store: store, gates: gates, routing: routing, timekeeper: time,
            graveyard: Graveyard(broker: connection, clock: time, nodeID: "n1"), metrics: WorkerMetrics(),
            logger: silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await worker.run() }
            defer { group.cancelAll() }
            try await test(worker, connection)
        }
    }

    private func status(_ number: UInt64, _ status: DeliveryStatus, code: Int64? = nil) -> BrokerMessage {
        let update = StatusUpdate(
            tenantID: Sample.tenantID, channelID: Sample.channelID,
            messageID: Sample.outbound(number: number).id, externalID: nil, status: status, timestamp: Sample.start,
            code: code)
        return BrokerMessage(routingKey: "metachat.statuses", body: update.json.serialized())
    }

    private func isEmpty() -> Bool { broker.depth("metachat.statuses") == (0, 0) }

    @Test func manyAreWrittenAtOnce() async throws {
        let isAway = Shared(true)
        let (inVain, written) = (Notes<Int>(), Notes<Int>())
        let store = FakeMessageStore()
        for number in 1...300 {
            _ = try await store.claim(
                Sample.outbound(customer: "\(number)", number: UInt64(number)), node: "n", pace: nil, now: time.now())
        }
        let checked = CheckedStore(store: store) { updates in
            if isAway.withLock({ $0 }) {
                inVain.add(updates.count)
                throw DependencyError.unavailable("down")
            }
            written.add(updates.count)
        }
        try await with(checked) { _, connection in
            #expect(await eventually { broker.consumers(of: "metachat.statuses") == 1 })
            for number in 1...300 {
                let message = Sample.outbound(customer: "\(number)", number: UInt64(number))
                let update = StatusUpdate(
                    tenantID: Sample.tenantID, channelID: Sample.channelID, messageID: message.id, externalID: nil,
                    status: .delivered, timestamp: Sample.start)
                try await connection.publish(
                    BrokerMessage(routingKey: "metachat.statuses", body: update.json.serialized()),
                    timeoutMilliseconds: 1)
            }
            #expect(await eventually { broker.isSettled })
            // One try may be under way with what came first; the next but one has seen all of them.
            let tries = inVain.count
            #expect(await eventually(between: { time.advance(milliseconds: 500) }) { inVain.count >= tries + 2 })
            #expect(inVain.all.last == StatusWorker.batch)
            #expect(broker.depth("metachat.statuses").unacknowledged == 300)
            isAway.withLock { $0 = false }
            #expect(await eventually(between: { time.advance(milliseconds: 500) }) { isEmpty() })
            #expect(written.all == [200, 100])
            #expect(store.all.allSatisfy { $0.delivery == .delivered })
        }
    }

    @Test func malformedOnesGoToTheDeadQueueAlone() async throws {
        let store = FakeMessageStore()
        _ = try await store.claim(Sample.outbound(number: 1), node: "n", pace: nil, now: time.now())
        try await with(store) { _, connection in
            try await connection.publish(
                BrokerMessage(routingKey: "metachat.statuses", body: Array("nope".utf8)), timeoutMilliseconds: 1)
            try await connection.publish(status(1, .sent), timeoutMilliseconds: 1)
            try await connection.publish(
                BrokerMessage(routingKey: "metachat.statuses", body: Array("{}".utf8)), timeoutMilliseconds: 1)
            #expect(await eventually { isEmpty() })
            #expect(broker.depth("metachat.statuses:dead").ready == 2)
            #expect(store.all.first?.delivery == .sent)
        }
    }

    @Test func oneThatTheStoreRefusesDoesNotTakeTheOthersWithIt() async throws {
        let refused = Sample.outbound(number: 2).id
        let store = FakeMessageStore()
        for number in 1...3 {
            _ = try await store.claim(
                Sample.outbound(number: UInt64(number)), node: "n", pace: nil,
                now: time.now().adding(milliseconds: Int64(number) * 60_000))
        }
        let picky = CheckedStore(store: store) { updates in
            if updates.contains(where: { $0.messageID == refused }) { throw DependencyError.rejected("no") }
        }
        let connection = broker.connect()
        let worker = StatusWorker(
            broker: connection, store: picky, gates: gates, routing: routing, timekeeper: time,
            graveyard: Graveyard(broker: connection, clock: time, nodeID: "n1"), metrics: WorkerMetrics(),
            logger: silent)
        try await connection.ensureQueue("metachat.statuses", singleActiveConsumer: false)
        for number in 1...3 { try await connection.publish(status(UInt64(number), .read), timeoutMilliseconds: 1) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await worker.run() }
            #expect(await eventually { isEmpty() })
            worker.stop()
        }
        #expect(broker.depth("metachat.statuses:dead").ready == 1)
        #expect(store.all.filter { $0.delivery == .read }.count == 2)
    }

    @Test func aLateAccountFaultPausesTheChannel() async throws {
        let store = FakeMessageStore()
        _ = try await store.claim(Sample.outbound(number: 1), node: "n", pace: nil, now: time.now())
        routing.swap(to: Table.make(channels: [(Sample.channelID, FakeAdapter())]))
        try await with(store) { _, connection in
            try await connection.publish(status(1, .failed, code: 131_048), timeoutMilliseconds: 1)
            #expect(await eventually { gates.pause(Sample.channelID)?.code == 131_048 })
        }
    }

    @Test func stoppingGivesBackWhatIsNotWritten() async throws {
        let store = FakeMessageStore { call, _ in
            if call == "apply" { throw DependencyError.unavailable("down") }
        }
        try await with(store) { worker, connection in
            for number in 1...3 { try await connection.publish(status(UInt64(number), .read), timeoutMilliseconds: 1) }
            #expect(await eventually { broker.depth("metachat.statuses").unacknowledged == 3 })
            worker.stop()
            #expect(await eventually { broker.depth("metachat.statuses") == (3, 0) })
        }
    }
}

/// A store whose batches of statuses a test looks at first, and refuses by throwing.
private struct CheckedStore: MessageStore {
    let store: FakeMessageStore
    let check: @Sendable ([StatusUpdate]) throws -> Void

    func apply(_ updates: [StatusUpdate]) async throws -> [StatusUpdate] {
        try check(updates)
        return try await store.apply(updates)
    }

    func record(_ message: NormalizedMessage, now: Timestamp) async throws -> InboundRecord {
        try await store.record(message, now: now)
    }
    func history(_ key: ConversationKey, before: Int64, limit: Int) async throws -> [StoredMessage] { [] }
    func conclude(_ inbound: NormalizedMessage, with: Conclusion, now: Timestamp) async throws -> Concluded { .held }
    func markPublished(_ ids: [MessageID]) async throws {}
    func unpublished(before: Timestamp, limit: Int) async throws -> [NormalizedMessage] { [] }
    func claim(
        _ message: NormalizedMessage, node: String, pace: PairPace?, now: Timestamp
    ) async throws -> Claim { .uncertain }
    func beginSending(_ id: MessageID, attempt: Int, now: Timestamp) async throws -> Bool { false }
    func release(_ id: MessageID, attempt: Int, partsSent: Int) async throws {}
    func settle(_ id: MessageID, _ outcome: SendOutcome, now: Timestamp) async throws {}
    func expireUnknown(before: Timestamp, now: Timestamp, limit: Int) async throws -> [StoredMessage] { [] }
    func reserve(
        pacingKey: String, ratePerSecond: Double, count: Int, now: Timestamp
    ) async throws -> PaceGrant { PaceGrant(first: now, count: count) }
    func message(_ id: MessageID) async throws -> StoredMessage? { nil }
    func conversation(_ key: ConversationKey) async throws -> Conversation? { nil }
    func conversations(
        tenantID: String, status: Conversation.Status?, channelID: String?, query: String?, _ page: PageRequest
    ) async throws -> Page<Conversation> { Page(items: [], nextCursor: nil) }
    func messages(
        _ key: ConversationKey, after: Int64?, before: Int64?, _ page: PageRequest
    ) async throws -> Page<StoredMessage> { Page(items: [], nextCursor: nil) }
}
