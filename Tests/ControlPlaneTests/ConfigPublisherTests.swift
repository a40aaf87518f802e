import ControlPlane
import Domain
import JSONCoding
import Logging
import Observability
import ServiceLifecycle
import Support
import Testing

struct ConfigPublisherTests {
    let store = FakeConfigStore()
    let broker = MemoryBroker()
    let metrics = MetricRegistry()

    private func makePublisher(_ logger: Logger = .quiet, heartbeatMilliseconds: Int64 = 2000) -> ConfigPublisher {
        ConfigPublisher(
            outbox: store, broker: broker, metrics: metrics, heartbeatMilliseconds: heartbeatMilliseconds,
            logger: logger)
    }

    private func withPublisher<R: Sendable>(
        _ logger: Logger = .quiet, heartbeatMilliseconds: Int64 = 2000,
        _ body: @Sendable (ConfigPublisher) async throws -> R
    ) async throws -> R {
        let publisher = makePublisher(logger, heartbeatMilliseconds: heartbeatMilliseconds)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await publisher.run() }
            let result = try await body(publisher)
            group.cancelAll()
            return result
        }
    }

    /// Commits so many changes, each of its own.
    private func commit(_ count: Int) async throws {
        for _ in 0..<count {
            try await store.write { transaction in
                _ = try await transaction.save(
                    Tenant(
                        id: "acme", name: "A", settings: [:], enabled: true, revision: 0,
                        createdAt: Timestamp(milliseconds: 0), updatedAt: Timestamp(milliseconds: 0)))
            }
        }
    }

    private var published: [Int64] {
        broker.published(to: ConfigPublisher.exchange).compactMap { $0.messageID.flatMap { Int64($0) } }
    }

    private func settled(at revision: Int64) async throws {
        try await broker.wait { _ in store.committedState.published == revision }
    }

    @Test func changesArePublishedInOrderAsTheySayInTheContract() async throws {
        try await commit(3)
        try await withPublisher { publisher async throws in
            try await settled(at: 3)
            try await commit(600)
            try await settled(at: 603)
            // It counts what it has marked.
            try await broker.wait { _ in publisher.lastPublished == 603 }
        }
        #expect(published == Array(1...603))
        let message = try #require(broker.published(to: ConfigPublisher.exchange).last)
        #expect(message.persistent)
        #expect(!message.mandatory)
        let event = try JSONReader.read(JSONValue.parse(message.body), ConfigEvent.init(reading:))
        #expect(event == store.committedState.outbox.last)
        #expect(metrics.render().contains("metachat_config_published_total 603"))
    }

    @Test func aCommitWakesThePublisher() async throws {
        // By itself it would look in an hour.
        try await withPublisher(heartbeatMilliseconds: 3_600_000) { publisher async throws in
            try await broker.wait { _ in publisher.isLeading }
            try await commit(1)
            try await settled(at: 1)
        }
    }

    @Test func whatTheBrokerDidNotConfirmIsPublishedAgain() async throws {
        try await commit(10)
        broker.set(.breakAfter(4))
        try await withPublisher { _ async throws in
            try await broker.wait { _ in published.count == 4 }
            #expect(store.committedState.published == 0)
            broker.set(.confirm)
            try await settled(at: 10)
        }
        #expect(published == [1, 2, 3, 4] + Array(1...10))
    }

    @Test func aLeadIsToldOnceItBears() async throws {
        let lines = Locked<[String]>([])
        let logger = Logger(label: "test") { label in
            LineLogHandler(
                label: label, level: .info, format: .text,
                write: { line in lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } })
        }
        @Sendable func told() -> Int {
            lines.withLock { $0.count { $0.contains("this process publishes config changes") } }
        }
        try await commit(3)
        broker.set(.breakAfter(1))
        try await withPublisher(logger) { _ async throws in
            // Each try leads anew, gets one message through, and loses the lead.
            for tries in 1...3 {
                try await broker.wait { _ in published.count == tries }
                broker.set(.breakAfter(1))
            }
            #expect(told() == 0)
            broker.set(.confirm)
            try await settled(at: 3)
            try await broker.wait { _ in told() == 1 }
            try await commit(3)
            try await settled(at: 6)
            #expect(told() == 1)
        }
    }

    @Test func itOutlivesBrokerAndDatabase() async throws {
        try await commit(1)
        try await withPublisher { _ async throws in
            try await settled(at: 1)
            broker.set(up: false)
            try await commit(2)
            broker.set(up: true)
            try await settled(at: 3)
            store.fail(with: .unavailable("gone"))
            // Whatever it was waiting for ends with an error.
            store.fail(with: nil)
            try await commit(2)
            try await settled(at: 5)
        }
        #expect(published == [1, 2, 3, 4, 5])
    }

    @Test(arguments: 0..<20)
    func aKilledOneLeavesNothingOut(_ round: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await commit(40) }
            group.addTask {
                for _ in 0..<10 {
                    try await withPublisher { publisher async throws in
                        let target = publisher.lastPublished + Int64.random(in: 0...3)
                        for _ in 0..<200 where publisher.lastPublished < target { await Task.yield() }
                    }
                }
            }
            try await group.waitForAll()
        }
        try await withPublisher { _ async throws in try await settled(at: 40) }
        var seen: Int64 = 0
        for revision in published {
            #expect(revision <= seen + 1, "a gap before \(revision)")
            seen = max(seen, revision)
        }
        #expect(seen == 40)
    }

    @Test func onlyOneLeads() async throws {
        try await withPublisher { first async throws in
            try await broker.wait { _ in first.isLeading }
            try await withPublisher { second async throws in
                try await commit(5)
                try await settled(at: 5)
                #expect(!second.isLeading)
            }
        }
        #expect(published == Array(1...5))
    }

    @Test func toldToStopItPublishesWhatIsCommitted() async throws {
        let publisher = ConfigPublisher(outbox: store, broker: broker, metrics: metrics, logger: .quiet)
        let group = ServiceGroup(configuration: .init(services: [publisher], logger: .quiet))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await broker.wait { _ in publisher.isLeading }
            try await commit(300)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(published == Array(1...300))
        #expect(!publisher.isLeading)
    }
}
