import Domain
import Support
import Synchronization
import Testing

@testable import DataPlane

@Suite struct QueueDirectoryTests {
    let broker = FakeBroker()
    let time = ManualTimekeeper()

    private static func queue(_ tenant: String) -> QueueName {
        QueueName(tenantID: tenant, channel: .whatsapp, direction: .inbound)
    }

    private func with(
        _ registry: FakeQueueRegistry, _ test: (QueueDirectory, FakeConnection) async throws -> Void
    ) async throws {
        let connection = broker.connect()
        let directory = QueueDirectory(broker: connection, registry: registry, timekeeper: time, logger: silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await directory.run() }
            defer { group.cancelAll() }
            try await test(directory, connection)
        }
    }

    @Test func itKnowsTheRegistryAndHearsWhatIsNew() async throws {
        let registry = FakeQueueRegistry([Self.queue("old")])
        try await with(registry) { directory, _ in
            let changes = Shared(0)
            directory.observe { changes.withLock { $0 += 1 } }
            #expect(await eventually { directory.queues == [Self.queue("old")] })
            try await QueueOpener(broker: broker.connect()).open(Self.queue("new"))
            #expect(await eventually { directory.queues.count == 2 })
            #expect(await eventually { try! await registry.all().count == 2 })
            #expect(await eventually { broker.depth("metachat.queues") == (0, 0) })
            #expect(changes.withLock { $0 } >= 1)
        }
    }

    @Test func announcementsWaitForTheDatabase() async throws {
        let isAway = Shared(true)
        let registry = FakeQueueRegistry { _, _ in
            if isAway.withLock({ $0 }) { throw DependencyError.unavailable("down") }
        }
        try await with(registry) { directory, connection in
            #expect(await eventually { broker.consumers(of: "metachat.queues") == 1 })
            for number in 0..<20 { try await QueueOpener(broker: broker.connect()).open(Self.queue("t\(number)")) }
            // Consumed all the same.
            #expect(await eventually(between: { time.advance(milliseconds: 100) }) { directory.queues.count == 20 })
            #expect(broker.depth("metachat.queues").unacknowledged == 20)
            for _ in 0..<10 { connection.reconnect() }
            isAway.withLock { $0 = false }
            #expect(
                await eventually(between: { time.advance(milliseconds: 100) }) {
                    broker.depth("metachat.queues") == (0, 0)
                })
            #expect(try await registry.all().count == 20)
        }
    }

    @Test func whatWasMissedIsFoundByReadingAgain() async throws {
        let registry = FakeQueueRegistry()
        try await with(registry) { directory, connection in
            #expect(await eventually { broker.consumers(of: "metachat.queues") == 1 })
            try await registry.add([Self.queue("missed")])
            connection.reconnect()
            #expect(await eventually { directory.queues.count == 1 })
            try await registry.add([Self.queue("other")])
            #expect(await eventually(between: { time.advance(milliseconds: 1000) }) { directory.queues.count == 2 })
            _ = try await registry.retire(Self.queue("other"), since: 0) {}
            #expect(await eventually(between: { time.advance(milliseconds: 1000) }) { directory.queues.count == 1 })
        }
    }

    @Test func malformedAnnouncementsAreDropped() async throws {
        try await with(FakeQueueRegistry()) { directory, connection in
            #expect(await eventually { broker.consumers(of: "metachat.queues") == 1 })
            try await connection.publish(
                BrokerMessage(exchange: "metachat.queues", routingKey: "", body: [0xFF]), timeoutMilliseconds: 1)
            try await QueueOpener(broker: connection).open(Self.queue("good"))
            #expect(await eventually { broker.depth("metachat.queues") == (0, 0) && directory.queues.count == 1 })
        }
    }

    @Test func announcedQueuesOutliveARegistryThatDoesNotHaveThemYet() {
        var known = KnownQueues()
        var changes = [known.heard([Self.queue("a")], now: 0), known.heard([Self.queue("a")], now: 1)]
        changes.append(known.refreshed([], now: 59_000))
        changes.append(known.refreshed([Self.queue("b")], now: 59_999))
        #expect(known.queues.count == 2)
        changes.append(known.refreshed([Self.queue("b")], now: 60_001))
        #expect(changes == [true, false, false, true, true])
        #expect(known.queues == [Self.queue("b")])
    }
}

@Suite struct QueueConsumersTests {
    final class Runner: QueueRunner {
        let queue: QueueName
        let notes: Notes<String>
        let wire = Tripwire()
        let mayEnd: @Sendable () -> Bool

        init(_ queue: QueueName, _ notes: Notes<String>, mayEnd: @escaping @Sendable () -> Bool) {
            self.queue = queue
            self.notes = notes
            self.mayEnd = mayEnd
        }

        func run() async {
            notes.add("+\(queue.tenantID)")
            await wire.tripped()
            while !mayEnd() { await breathe() }
            notes.add("-\(queue.tenantID)")
        }

        func stop() { wire.trip() }

        var isIdle: Bool { !wire.isTripped }
    }

    @Test func theShareFollowsTheFleet() async throws {
        let broker = FakeBroker()
        let time = ManualTimekeeper()
        let queues = QueueAssignmentTests.queues(10)
        let directory = QueueDirectory(
            broker: broker.connect(), registry: FakeQueueRegistry(queues), timekeeper: time, logger: silent)
        let membership = FakeMembership([])
        let notes = Notes<String>()
        let mayEnd = Shared(true)
        let consumers = QueueConsumers(
            ownID: "a", directory: directory, membership: membership, timekeeper: time, logger: silent
        ) { Runner($0, notes) { mayEnd.withLock { $0 } } }
        func running() -> Int { notes.all.reduce(0) { $0 + ($1.hasPrefix("+") ? 1 : -1) } }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await directory.run() }
            group.addTask { await consumers.run() }
            #expect(await eventually { directory.queues.count == 20 })
            #expect(notes.count == 0)
            membership.set(["a"])
            #expect(await eventually { running() == 20 })
            membership.set(["a", "b"])
            #expect(await eventually { (8...12).contains(running()) })
            // What still ends its work keeps nobody from beginning again.
            mayEnd.withLock { $0 = false }
            membership.set(["b"])
            membership.set(["a"])
            let before = notes.all.count { $0.hasPrefix("+") }
            #expect(await eventually { notes.all.count { $0.hasPrefix("+") } > before || running() == 20 })
            mayEnd.withLock { $0 = true }
            #expect(await eventually { running() == 20 })
            consumers.drain()
            #expect(await eventually { running() == 0 })
            group.cancelAll()
        }
    }
}
