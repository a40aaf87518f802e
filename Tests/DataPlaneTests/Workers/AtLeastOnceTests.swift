import Domain
import Support
import Synchronization
import Testing

@testable import DataPlane

/// A process dies at each of its await points in turn, another takes over: one answer, one send.
@Suite struct AtLeastOnceTests {
    /// Runs one question through a process that dies at the `crash`-th await point. Returns that point's name; nil when
    /// it lived to the end.
    private func run(dyingAt crash: Int) async throws -> String? {
        let world = World()
        let passed = Shared((count: 0, died: String?.none))
        let membership = FakeMembership(["first"])
        let first = FakeNode("first", world, membership: membership) { point in
            passed.withLock { passed in
                passed.count += 1
                if passed.count == crash {
                    passed.died = point
                    return false
                }
                return true
            }
        }
        let second = FakeNode("second", world, membership: FakeMembership(["second"]))
        let inbound = Sample.inbound()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await first.service.run() }
            try await world.deliver(inbound)
            let step = { world.time.advance(milliseconds: 20) }
            #expect(
                await eventually(between: step) {
                    first.isDead || (world.isQuiet() && !world.taken.all.isEmpty)
                })
            group.addTask { await second.service.run() }
            if !first.isDead { first.service.drain() }
            let isDone = await eventually(between: step) {
                world.isQuiet() && world.store.all.contains { $0.delivery != nil && $0.delivery != .queued }
            }
            #expect(isDone, "after \(passed.withLock { $0.died ?? "nothing" })")
            // Whatever a sweeper or a late copy might still do.
            for _ in 0..<50 {
                step()
                await Task.yield()
            }
            #expect(await eventually(between: step) { world.isQuiet() })
            first.bury()
            second.service.drain()
            _ = await eventually(between: step) { second.service.inFlight == 0 }
            group.cancelAll()
        }
        let died = passed.withLock { $0.died }
        let answers = world.store.all.filter { $0.message.direction == .outbound }
        #expect(answers.count == 1, "died at \(died ?? "nothing")")
        #expect(answers.first?.answers == inbound.id)
        #expect(try await world.store.message(inbound.id)?.outcome == .answered)
        #expect(!world.published.isEmpty && Set(world.published.map(\.id)) == Set(answers.map(\.message.id)))
        // Between the claim and the platform's answer nobody can know; there the rule is: never twice.
        let knowsNot = ["claim after", "send before", "send after", "settle before"]
        if let died, knowsNot.contains(died) {
            #expect(world.taken.count == (died.hasPrefix("send after") || died.hasPrefix("settle") ? 1 : 0))
            #expect(answers.first?.delivery == .unknown)
        } else {
            #expect(world.taken.count == 1, "died at \(died ?? "nothing")")
            #expect(answers.first?.delivery == .sent)
        }
        return died
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
        #expect(try await world.store.beginSending(message.id, node: "dead/1", now: world.time.now()))
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
