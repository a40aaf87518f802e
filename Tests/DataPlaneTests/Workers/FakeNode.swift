import Channels
import Domain
import Logging
import Support
import Synchronization

@testable import DataPlane

/// What all processes of a test share: the broker, the store, the platform.
final class World: Sendable {
    let broker = FakeBroker()
    let time = ManualTimekeeper()
    let store: FakeMessageStore
    let documents = FakeDocumentStore([("Opening hours", "The opening hours are 9 to 17. Closed on Sunday.")])
    let registry = FakeQueueRegistry()
    /// What the platform took, in order.
    let taken = Notes<MessageID>()
    /// The claims that were made final, each as often as it was.
    let begun = Notes<Int>()

    init() { store = FakeMessageStore() }

    func deliver(_ message: NormalizedMessage) async throws {
        let connection = broker.connect()
        let opener = QueueOpener(broker: connection)
        let queue = QueueName(tenantID: message.tenantID, channel: message.channel, direction: message.direction)
        try await opener.open(queue)
        try await connection.publish(Sample.delivery(of: message), timeoutMilliseconds: 1000)
    }

    var published: [NormalizedMessage] {
        broker.published(to: Sample.outbound.name).compactMap { message in
            if case .message(let read) = MessageReading.read(message.body, from: Sample.outbound) { read } else { nil }
        }
    }

    func isQuiet() -> Bool {
        broker.depth(Sample.inbound.name) == (0, 0) && broker.depth(Sample.outbound.name) == (0, 0)
    }
}

/// One process: a worker service with its own connections, which can be killed at any await point.
final class FakeNode: Sendable {
    private struct State {
        var isDead = false
        var isBuried = false
        var frozen: [CheckedContinuation<Void, Never>] = []
    }

    let id: String
    let world: World
    let connection: FakeConnection
    let service: WorkerService
    private let mortality: Mortality

    /// Freezes what a dead process would be doing, until the test is over.
    final class Mortality: Sendable {
        private let state = Mutex(State())
        let pass: @Sendable (_ point: String) -> Bool

        /// - Parameter pass: called at every await point while the process lives; false kills it there.
        init(pass: @escaping @Sendable (_ point: String) -> Bool) { self.pass = pass }

        var isDead: Bool { state.withLock { $0.isDead } }

        func die() { state.withLock { $0.isDead = true } }

        /// Returns while the process lives; a dead one's tasks stay here until ``bury()``, then fail, all of them.
        func point(_ name: String, whenKilled: () -> Void) async throws {
            if !isDead, !pass(name) {
                die()
                whenKilled()
            }
            guard isDead else { return }
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    guard !state.isBuried else { return false }
                    state.frozen.append(continuation)
                    return true
                }
                if !waits { continuation.resume() }
            }
            throw CancellationError()
        }

        /// It stays dead: whatever its tasks still try fails.
        func bury() {
            let frozen = state.withLock { state in
                state.isBuried = true
                defer { state.frozen = [] }
                return state.frozen
            }
            for continuation in frozen { continuation.resume() }
        }
    }

    init(
        _ id: String, _ world: World, membership: any WorkerMembership, config: WorkerConfig = WorkerConfig(),
        adapters: [(String, any ChannelAdapter)]? = nil, settings: TenantSettings = TenantSettings(),
        pass: @escaping @Sendable (_ point: String) -> Bool = { _ in true }
    ) {
        self.id = id
        self.world = world
        let mortality = Mortality(pass: pass)
        self.mortality = mortality
        let link = Shared<FakeConnection?>(nil)
        @Sendable func kill() { link.withLock { $0 }?.kill() }
        let hook: PortHook = { call, moment in
            try await mortality.point("\(call) \(moment)", whenKilled: kill)
        }
        connection = world.broker.connect { call, moment in
            if call.hasPrefix("publish") { try await hook(call, moment) }
        }
        link.withLock { [connection] in $0 = connection }
        let adapter = FakeAdapter(pairPace: .whatsapp, pacing: ("whatsapp:1", 80)) { message, _ in
            do {
                try await hook("send", .before)
                world.taken.add(message.id)
                try await hook("send", .after)
                return .accepted(externalID: "wamid.\(message.id)")
            } catch {
                return .unknown
            }
        }
        let routing = Routing(
            Table.make(channels: adapters ?? [(Sample.channelID, adapter)], settings: settings))
        service = WorkerService(
            nodeID: id, config: config,
            dependencies: .init(
                broker: connection, store: ProcessStore(store: world.store, begun: world.begun, hook: hook),
                documents: world.documents,
                registry: world.registry, queues: QueueOpener(broker: connection), routing: routing,
                membership: membership, transport: OpenTransport(), timekeeper: world.time, logger: silent))
    }

    var isDead: Bool { mortality.isDead }

    func kill() {
        mortality.die()
        connection.kill()
    }

    /// Lets the dead rest: everything frozen fails now.
    func bury() { mortality.bury() }
}

/// One process's way to the shared store.
private struct ProcessStore: MessageStore {
    let store: FakeMessageStore
    let begun: Notes<Int>
    let hook: PortHook

    private func call<R: Sendable>(_ name: String, _ body: () async throws -> R) async throws -> R {
        try await hook(name, .before)
        let result = try await body()
        try await hook(name, .after)
        return result
    }

    func record(_ message: NormalizedMessage, now: Timestamp) async throws -> InboundRecord {
        try await call("record") { try await store.record(message, now: now) }
    }
    func history(_ key: ConversationKey, before position: Int64, limit: Int) async throws -> [StoredMessage] {
        try await call("history") { try await store.history(key, before: position, limit: limit) }
    }
    func conclude(
        _ inbound: NormalizedMessage, with conclusion: Conclusion, now: Timestamp
    ) async throws -> Concluded {
        try await call("conclude") { try await store.conclude(inbound, with: conclusion, now: now) }
    }
    func markPublished(_ ids: [MessageID]) async throws {
        try await call("markPublished") { try await store.markPublished(ids) }
    }
    func unpublished(before: Timestamp, limit: Int) async throws -> [NormalizedMessage] {
        try await store.unpublished(before: before, limit: limit)
    }
    func claim(
        _ message: NormalizedMessage, node: String, pace: PairPace?, now: Timestamp
    ) async throws -> Claim {
        try await call("claim") { try await store.claim(message, node: node, pace: pace, now: now) }
    }
    func beginSending(_ id: MessageID, attempt: Int, now: Timestamp) async throws -> Bool {
        try await call("beginSending") {
            let isFinal = try await store.beginSending(id, attempt: attempt, now: now)
            if isFinal { begun.add(attempt) }
            return isFinal
        }
    }
    func release(_ id: MessageID, attempt: Int, partsSent: Int) async throws {
        try await call("release") { try await store.release(id, attempt: attempt, partsSent: partsSent) }
    }
    func settle(_ id: MessageID, _ outcome: SendOutcome, now: Timestamp) async throws {
        try await call("settle") { try await store.settle(id, outcome, now: now) }
    }
    func apply(_ updates: [StatusUpdate]) async throws -> [StatusUpdate] { try await store.apply(updates) }
    func expireUnknown(before: Timestamp, now: Timestamp, limit: Int) async throws -> [StoredMessage] {
        try await store.expireUnknown(before: before, now: now, limit: limit)
    }
    func reserve(
        pacingKey: String, ratePerSecond: Double, count: Int, now: Timestamp
    ) async throws -> PaceGrant {
        try await call("reserve") {
            try await store.reserve(pacingKey: pacingKey, ratePerSecond: ratePerSecond, count: count, now: now)
        }
    }
    func message(_ id: MessageID) async throws -> StoredMessage? { try await store.message(id) }
    func conversation(_ key: ConversationKey) async throws -> Conversation? { try await store.conversation(key) }
    func conversations(
        tenantID: String, status: Conversation.Status?, channelID: String?, query: String?, _ page: PageRequest
    ) async throws -> Page<Conversation> {
        try await store.conversations(tenantID: tenantID, status: status, channelID: channelID, query: query, page)
    }
    func messages(
        _ key: ConversationKey, after: Int64?, before: Int64?, _ page: PageRequest
    ) async throws -> Page<StoredMessage> {
        try await store.messages(key, after: after, before: before, page)
    }
}
