import Domain
import JSONCoding
import Support
import Synchronization
import Testing

@testable import DataPlane

@Suite struct QueueRetirementTests {
    private static let queue = QueueName(tenantID: "gone", channel: .whatsapp, direction: .inbound)

    // MARK: The plan

    @Test func aQueueIsDueWhenAllHaveAgreedForLongEnough() {
        var plan = QueueRetirementPlan()
        func look(_ now: Int64, revision: Int64, applied: Int64) -> [Int64] {
            plan.look([Self.queue], revision: revision, now: now) { applied >= $0 }.map(\.revision)
        }
        #expect(look(0, revision: 7, applied: 6) == [])
        #expect(look(40_000, revision: 9, applied: 6) == [])
        // From here on everybody knows that nothing needs it.
        #expect(look(50_000, revision: 9, applied: 7) == [])
        #expect(look(79_999, revision: 12, applied: 7) == [])
        #expect(look(80_000, revision: 12, applied: 7) == [7])
        // Whatever came of it, it waits anew.
        #expect(look(80_001, revision: 12, applied: 12) == [])
        #expect(look(110_001, revision: 12, applied: 12) == [12])
    }

    @Test func aQueueThatIsNeededInBetweenStartsAnew() {
        var plan = QueueRetirementPlan()
        let agreed: (Int64) -> Bool = { _ in true }
        #expect(plan.look([Self.queue], revision: 1, now: 0, haveApplied: agreed).isEmpty)
        #expect(plan.look([], revision: 2, now: 29_000, haveApplied: agreed).isEmpty)
        #expect(plan.look([Self.queue], revision: 3, now: 30_000, haveApplied: agreed).isEmpty)
        #expect(plan.look([Self.queue], revision: 3, now: 59_999, haveApplied: agreed).isEmpty)
        #expect(plan.look([Self.queue], revision: 3, now: 60_000, haveApplied: agreed).map(\.revision) == [3])
    }

    // MARK: The whole

    private struct Bench {
        let broker = FakeBroker()
        let time = ManualTimekeeper()
        let registry: FakeQueueRegistry
        let membership = FakeMembership(["a"])
        let routing = Routing()
        let holds = Shared(false)
        let directory = Shared<QueueDirectory?>(nil)
    }

    private final class Runner: QueueRunner {
        private let broker: FakeConnection
        private let queue: QueueName
        private let wire = Tripwire()
        private let holds: Shared<Bool>

        init(_ broker: FakeConnection, _ queue: QueueName, holds: Shared<Bool>) {
            self.broker = broker
            self.queue = queue
            self.holds = holds
        }

        func run() async {
            try? await broker.ensureQueue(queue.name, singleActiveConsumer: true)
            let consumer = try? await broker.consume(
                .durable(queue.name, singleActiveConsumer: true), prefetch: 1, handler: { _ in })
            await wire.tripped()
            await consumer?.cancel()
        }

        func stop() { wire.trip() }

        var isIdle: Bool { !wire.isTripped && !holds.withLock { $0 } }
    }

    private func with(hook: PortHook? = nil, _ test: (Bench) async throws -> Void) async throws {
        let bench = Bench(registry: FakeQueueRegistry([Self.queue], hook: hook))
        bench.routing.swap(to: RoutingTable(revision: 5, tenants: [:], channels: [:]))
        let connection = bench.broker.connect(hook: hook)
        let directory = QueueDirectory(
            broker: connection, registry: bench.registry, timekeeper: bench.time, logger: silent)
        bench.directory.withLock { $0 = directory }
        let consumers = QueueConsumers(
            ownID: "a", directory: directory, membership: bench.membership, timekeeper: bench.time, logger: silent
        ) { Runner(connection, $0, holds: bench.holds) }
        let retirement = QueueRetirement(
            broker: connection, registry: bench.registry, directory: directory, consumers: consumers,
            membership: bench.membership, routing: bench.routing, timekeeper: bench.time, logger: silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await directory.run() }
            group.addTask { await consumers.run() }
            group.addTask { await retirement.run() }
            defer { group.cancelAll() }
            #expect(await eventually { bench.broker.consumers(of: Self.queue.name) == 1 })
            try await test(bench)
        }
    }

    private func passes(_ bench: Bench, until condition: @Sendable @escaping () -> Bool) async -> Bool {
        await eventually(between: { bench.time.advance(milliseconds: 1000) }, condition)
    }

    @Test func anEmptyQueueWithoutChannelGoes() async throws {
        try await with { bench in
            #expect(await passes(bench) { !bench.broker.queueNames.contains(Self.queue.name) })
            #expect(await eventually { try! await bench.registry.all().isEmpty })
            // Its name comes back with the next message.
            try await QueueOpener(broker: bench.broker.connect()).open(Self.queue)
            #expect(await passes(bench) { bench.broker.consumers(of: Self.queue.name) == 1 })
        }
    }

    @Test func aQueueStaysWhileItsMessagesAreHeldOrANodeIsBehind() async throws {
        try await with { bench in
            bench.holds.withLock { $0 = true }
            let start = bench.time.uptime()
            #expect(await passes(bench) { bench.time.uptime() - start > 120_000 })
            #expect(bench.broker.queueNames.contains(Self.queue.name))
            bench.membership.applied.withLock { $0 = 4 }
            bench.holds.withLock { $0 = false }
            #expect(await passes(bench) { bench.time.uptime() - start > 240_000 })
            #expect(bench.broker.queueNames.contains(Self.queue.name))
            bench.membership.applied.withLock { $0 = 5 }
            #expect(await passes(bench) { !bench.broker.queueNames.contains(Self.queue.name) })
        }
    }

    /// Where a node cannot build its channel, only the database knows that the queue is needed.
    @Test func aQueueThatTheDatabaseNeedsIsNotDisturbed() async throws {
        let (asked, looked) = (Shared(0), Shared(0))
        let hook: PortHook = { call, _ in
            if call == "isNeeded" { asked.withLock { $0 += 1 } }
            if call == "depth \(Self.queue.name)" { looked.withLock { $0 += 1 } }
        }
        try await with(hook: hook) { bench in
            bench.registry.set(Self.queue, needed: true)
            #expect(await passes(bench) { asked.withLock { $0 } == 3 })
            #expect(looked.withLock { $0 } == 0)
            #expect(bench.broker.consumers(of: Self.queue.name) == 1)
            bench.registry.set(Self.queue, needed: false)
            #expect(await passes(bench) { !bench.broker.queueNames.contains(Self.queue.name) })
        }
    }

    /// Each step may fail, before or after it had its effect, and the process may go on with the next look.
    @Test(arguments: [
        ("isNeeded", PortMoment.before), ("depth gone:whatsapp:inbound", .before), ("retire", .before),
        ("publish metachat.queues", .before), ("publish metachat.queues", .after),
        ("deleteQueue gone:whatsapp:inbound", .before), ("deleteQueue gone:whatsapp:inbound", .after),
        ("retire", .after),
    ])
    func aStepThatFailsIsRepeatedWithTheWhole(call: String, moment: PortMoment) async throws {
        let hasFailed = Shared(false)
        let hook: PortHook = { name, when in
            guard name == call, when == moment, !hasFailed.withLock({ $0 }) else { return }
            hasFailed.withLock { $0 = true }
            throw DependencyError.unavailable("away")
        }
        try await with(hook: hook) { bench in
            #expect(await passes(bench) { hasFailed.withLock { $0 } })
            // Meanwhile it is consumed again, so whatever comes is handled.
            let connection = bench.broker.connect()
            try await QueueOpener(broker: connection).open(Self.queue)
            #expect(await passes(bench) { bench.broker.consumers(of: Self.queue.name) == 1 })
            #expect(await passes(bench) { !bench.broker.queueNames.contains(Self.queue.name) })
            #expect(await eventually { try! await bench.registry.all().isEmpty })
        }
    }

    /// Until the removal is committed, whoever reads the registry still finds the queue in it.
    @Test func aRegistryReadInTheMiddleBringsNothingBack() async throws {
        let directory = Shared<QueueDirectory?>(nil)
        let removals = Shared(0)
        let hook: PortHook = { call, moment in
            guard call == "retire", moment == .after, let directory = directory.withLock({ $0 }) else { return }
            // As if a refresh had read before the commit and told us after the announcement.
            #expect(await eventually { !directory.queues.contains(Self.queue) })
            directory.learn([Self.queue])
            removals.withLock { $0 += 1 }
        }
        try await with(hook: hook) { bench in
            directory.withLock { $0 = bench.directory.withLock { $0 } }
            #expect(await passes(bench) { !bench.broker.queueNames.contains(Self.queue.name) })
            #expect(await eventually { try! await bench.registry.all().isEmpty })
            #expect(await passes(bench) { bench.time.uptime() > 200_000 })
            #expect(!bench.broker.queueNames.contains(Self.queue.name))
            #expect(removals.withLock { $0 } == 1)
        }
    }
}
