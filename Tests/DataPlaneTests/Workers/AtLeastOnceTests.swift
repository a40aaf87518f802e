import Domain
import Support
import Synchronization
import Testing

@testable import DataPlane

/// A process dies at each of its await points in turn, another takes over: one answer, one send.
@Suite struct AtLeastOnceTests {
    /// The await points on a message's way: a call of a port, before its effect and after.
    static let points: [String] = [
        "record", "conclude", "publish \(Sample.outbound.name)", "markPublished", "reserve", "claim",
        "beginSending", "send", "settle",
    ].flatMap { call in ["\(call) before", "\(call) after"] }

    /// Where nobody can know whether the platform took it: there the rule is "never twice".
    static let unknowable = ["beginSending after", "send before", "send after", "settle before"]

    /// Where the same process may be sending the answer already, at whatever point.
    static let concurrent = ["publish \(Sample.outbound.name) after", "markPublished before", "markPublished after"]

    @Test(arguments: AtLeastOnceTests.points)
    func killedAnywhereOneAnswerAndOneSend(crash: String) async throws {
        let world = World()
        let hasDied = Shared(false)
        let membership = FakeMembership(["first"])
        let first = FakeNode("first", world, membership: membership) { point in
            hasDied.withLock { hasDied in
                if point == crash, !hasDied {
                    hasDied = true
                    return false
                }
                return true
            }
        }
        let second = FakeNode("second", world, membership: FakeMembership(["second"]))
        let inbound = Sample.inbound()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Else the group would wait for the dead for ever.
            defer {
                first.bury()
                group.cancelAll()
            }
            group.addTask { await first.service.run() }
            try await world.deliver(inbound)
            let step = { world.time.advance(milliseconds: 20) }
            // Else the test proves nothing.
            try #require(await eventually(between: step) { first.isDead })
            group.addTask { await second.service.run() }
            let isDone = await eventually(between: step) {
                world.isQuiet()
                    && world.store.all.contains { $0.delivery == .sent || $0.delivery == .unknown }
            }
            #expect(isDone)
            // Whatever a sweeper or a late copy might still do.
            for _ in 0..<50 {
                step()
                await Task.yield()
            }
            #expect(await eventually(between: step) { world.isQuiet() })
            second.service.drain()
            #expect(await eventually(between: step) { second.service.inFlight == 0 })
        }
        let answers = world.store.all.filter { $0.message.direction == .outbound }
        #expect(answers.count == 1)
        #expect(answers.first?.answers == inbound.id)
        let question = try await world.store.message(inbound.id)
        #expect(question?.outcome == .answered)
        #expect(!world.published.isEmpty && Set(world.published.map(\.id)) == Set(answers.map(\.message.id)))
        // Copies, which the outbox brings too, claim as well; but only one claim ever becomes final.
        #expect(Set(world.begun.all).count == 1)
        let (taken, delivery) = (world.taken.count, answers.first?.delivery)
        if Self.unknowable.contains(crash) {
            #expect(taken == (crash == "send after" || crash == "settle before" ? 1 : 0))
            #expect(delivery == .unknown)
        } else if Self.concurrent.contains(crash) {
            #expect(taken <= 1)
            #expect(delivery == .unknown || (delivery == .sent && taken == 1))
        } else {
            #expect(taken == 1)
            #expect(delivery == .sent)
        }
    }

    @Test func twentyCopiesOnTwoNodesAreOneMessageAndOneAnswer() async throws {
        let world = World()
        // Both believe that they own every queue: the moment of a change, prolonged.
        let nodes = ["a", "b"].map { FakeNode($0, world, membership: FakeMembership([$0])) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in nodes { group.addTask { await node.service.run() } }
            for copy in 0..<20 {
                var message = Sample.inbound()
                message.id = MessageID(high: UInt64(copy / 2) << 8 | 0x7001, low: 5)
                try await world.deliver(message)
            }
            let step = { world.time.advance(milliseconds: 20) }
            #expect(await eventually(between: step) { world.isQuiet() && world.taken.count > 0 })
            for _ in 0..<20 { step() }
            #expect(world.taken.count == 1 && world.store.all.count == 2)
            for node in nodes { node.service.drain() }
            _ = await eventually(between: step) { nodes.allSatisfy { $0.service.inFlight == 0 } }
            group.cancelAll()
        }
    }

    @Test func aBrokerThatGoesAndComesBackLosesNothing() async throws {
        let world = World()
        let node = FakeNode("a", world, membership: FakeMembership(["a"]))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await node.service.run() }
            for number in 1...30 {
                try await world.deliver(Sample.inbound(customer: "\(number % 6)", number: UInt64(number)))
                if number == 10 { node.connection.goAway() }
                if number == 20 { node.connection.comeBack() }
                world.time.advance(milliseconds: 5)
                await Task.yield()
            }
            #expect(
                await eventually(between: { world.time.advance(milliseconds: 50) }) {
                    world.isQuiet() && world.taken.count == 30
                })
            node.service.drain()
            group.cancelAll()
        }
        #expect(Set(world.taken.all).count == 30)
        // In each conversation in the order of the questions.
        for customer in 0..<6 {
            let conversation = "\(Sample.channelID):\(customer)"
            let answers = world.store.all.filter {
                $0.message.conversationID == conversation && $0.message.direction == .outbound
            }
            let sent = world.taken.all.filter { id in answers.contains { $0.message.id == id } }
            #expect(sent == answers.map(\.message.id))
            #expect(answers.compactMap(\.answers) == answers.compactMap(\.answers).sorted())
        }
    }

    @Test func answersLeftBehindAreSwept() async throws {
        let world = World()
        let inbound = Sample.inbound()
        // A process recorded the answer, acknowledged nothing, and its message is gone with a wiped queue.
        _ = try await world.store.record(inbound, now: world.time.now())
        let answer = Sample.outbound()
        _ = try await world.store.conclude(inbound, with: .answer(answer), now: world.time.now())
        let node = FakeNode("a", world, membership: FakeMembership(["a"]))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await node.service.run() }
            #expect(
                await eventually(between: { world.time.advance(milliseconds: 100) }) {
                    world.store.isPublished(answer.id) && world.taken.all == [answer.id]
                })
            #expect(world.time.uptime() >= OutboxSweeper.ageMilliseconds)
            node.service.drain()
            group.cancelAll()
        }
    }

    @Test func sendsOfUnknownFateFailAfterTenMinutes() async throws {
        let world = World()
        let message = Sample.outbound()
        _ = try await world.store.claim(message, node: "dead/1", pace: nil, now: world.time.now())
        #expect(try await world.store.beginSending(message.id, attempt: 1, now: world.time.now()))
        let node = FakeNode("a", world, membership: FakeMembership(["a"]))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await node.service.run() }
            world.time.advance(milliseconds: 590_000)
            for _ in 0..<50 { await Task.yield() }
            #expect(world.store.all.first?.delivery == .sending)
            #expect(
                await eventually(between: { world.time.advance(milliseconds: 1000) }) {
                    world.store.all.first?.delivery == .failed
                })
            #expect(world.store.all.first?.reason == "outcome_unknown")
            node.service.drain()
            group.cancelAll()
        }
    }
}
