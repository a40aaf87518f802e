import Domain
import Support
import Testing

@testable import DataPlane

@Suite struct QueueOpenerTests {
    let broker = FakeBroker()

    @Test func aQueueIsDeclaredAndAnnouncedOnceHoweverManyAsk() async throws {
        let declared = Locked(0)
        let connection = broker.connect { call, _ in
            if call == "ensureQueue \(Sample.inbound.name)" {
                declared.withLock { $0 += 1 }
                for _ in 0..<20 { await Task.yield() }
            }
        }
        let opener = QueueOpener(broker: connection)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { try await opener.open(Sample.inbound) } }
            try await group.waitForAll()
        }
        #expect(declared.withLock { $0 } == 1)
        let announcements = broker.ready(in: "metachat.queues")
        #expect(announcements.map { QueueAnnouncement($0.body)?.queue } == [Sample.inbound])
        #expect(announcements.first?.persistent == true)
        #expect(broker.queueNames.isSuperset(of: ["metachat.queues", "metachat.statuses", Sample.inbound.name]))
    }

    @Test func aDeletedQueueIsOpenedAnew() async throws {
        let connection = broker.connect()
        let opener = QueueOpener(broker: connection)
        let publisher = MessagePublisher(broker: connection, queues: opener, routing: Routing())
        try await publisher.publish(Sample.inbound(number: 1))
        broker.delete(Sample.inbound.name)
        try await publisher.publish(Sample.inbound(number: 2))
        #expect(broker.depth(Sample.inbound.name).ready == 1)
        // Wiped altogether.
        for queue in broker.queueNames { broker.delete(queue) }
        try await publisher.publish(Sample.inbound(number: 3))
        #expect(broker.depth(Sample.inbound.name).ready == 1)
        #expect(broker.ready(in: "metachat.queues").count == 1)
    }

    @Test func aBrokerThatIsAwayIsSaidSoAndForgottenNothingIsKept() async throws {
        let connection = broker.connect()
        let opener = QueueOpener(broker: connection)
        try await opener.open(Sample.inbound)
        connection.goAway()
        await #expect(throws: DependencyError.self) { try await opener.open(Sample.inbound) }
        for queue in broker.queueNames { broker.delete(queue) }
        connection.comeBack()
        try await opener.open(Sample.inbound)
        #expect(broker.queueNames.contains(Sample.inbound.name))
        #expect(broker.ready(in: "metachat.queues").count == 1)
    }

    @Test func aFailedOpeningIsTriedAgainByTheNext() async throws {
        let isAway = Locked(true)
        let connection = broker.connect { call, _ in
            if call.hasPrefix("publish metachat.queues"), isAway.withLock({ $0 }) {
                throw PublishError.unavailable("no confirm")
            }
        }
        let opener = QueueOpener(broker: connection)
        await #expect(throws: PublishError.self) { try await opener.open(Sample.inbound) }
        isAway.withLock { $0 = false }
        try await opener.open(Sample.inbound)
        #expect(broker.ready(in: "metachat.queues").count == 1)
    }

    @Test(arguments: ["", "{}", "{\"queue\":1}", "{\"queue\":\"x\"}", "{\"queue\":\"t:fax:inbound\"}", "[]"])
    func malformedAnnouncementsAreNone(text: String) {
        #expect(QueueAnnouncement(Array(text.utf8)) == nil)
    }

    @Test func followersOfACancelledLeaderTryForThemselves() async throws {
        let flights = SingleFlight<Int>()
        let isIn = Locked(false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            await withThrowingTaskGroup(of: Void.self) { inner in
                inner.addTask {
                    try await flights.run(1) {
                        isIn.withLock { $0 = true }
                        while !Task.isCancelled { await Task.yield() }
                        throw CancellationError()
                    }
                }
                #expect(await eventually { isIn.withLock { $0 } })
                for _ in 0..<5 { group.addTask { try await flights.run(1) {} } }
                for _ in 0..<20 { await Task.yield() }
                inner.cancelAll()
            }
            try await group.waitForAll()
        }
    }
}
