import Broker
import Glibc
import Support
import Testing

/// How often each of these tests does its work (`METACHAT_TEST_REPEAT`).
private let rounds = getenv("METACHAT_TEST_REPEAT").flatMap { Int(String(cString: $0)) }.map { max($0, 1) } ?? 1

/// A broker of the test's own dies by SIGKILL and comes back.
@Suite(.timeLimit(.minutes(20 + rounds)))
struct BrokerDeathTests {
    private func repeated(
        _ name: String = #function, _ body: (RabbitServer, BrokerHarness) async throws -> Void
    ) async throws {
        let server = try await RabbitServer.start()
        for round in 1...rounds {
            do {
                try await BrokerHarness.run(url: server.url, configure: configure) { harness in
                    try await body(server, harness)
                }
            } catch {
                Issue.record("round \(round): \(error)")
            }
            if rounds > 1 { print("\(name): round \(round) of \(rounds)") }
        }
        try await server.kill()
    }

    private func configure(_ configuration: inout BrokerConfiguration) {
        configuration.reconnect = .init(base: .milliseconds(50), cap: .milliseconds(500))
        configuration.reconsume = .init(base: .milliseconds(50), cap: .milliseconds(500))
    }

    /// A broker that forgets new queues (RabbitMQ 3, see `BrokerClient+NewQueues.swift`) must not forget ours.
    @Test func whatIsConfirmedInNewQueuesOutlivesTheBroker() async throws {
        try await repeated { server, harness in
            let broker = harness.broker
            let queues = (0..<8).map { _ in harness.name() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for queue in queues {
                    group.addTask {
                        try await broker.ensureQueue(QueueDeclaration(name: queue, type: .quorum))
                        try await harness.publish(OutgoingMessage(routingKey: queue, body: Array(queue.utf8)))
                    }
                }
                try await group.waitForAll()
            }
            try await server.kill()
            try await server.restart()
            let inbox = Inbox()
            for queue in queues {
                _ = try broker.consume(ConsumerSpecification(queue: queue)) { delivery in
                    inbox.take(delivery)
                    delivery.ack()
                }
            }
            try await inbox.wait(for: queues.count)
            #expect(inbox.bodies.sorted() == queues.sorted())
        }
    }

    @Test func aBrokerKilledUnderTenThousandPublishesLosesNothingConfirmed() async throws {
        try await repeated { server, harness in
            let broker = harness.broker
            let queue = try await harness.queue()
            let handled = Locked<Set<String>>([])
            let consumer = try broker.consume(ConsumerSpecification(queue: queue, prefetch: 50)) { delivery in
                if let id = delivery.messageID { handled.withLock { _ = $0.insert(id) } }
                delivery.ack()
            }
            #expect(await consumer.waitUntilConsuming(within: .patience))

            let load = Load()
            async let death: Void = {
                try await eventually("some confirms") { broker.counters[.confirmed] > 2_000 }
                try await server.kill()
                try await eventually("the loss") { !broker.isUp }
                try await server.restart()
            }()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        while let id = load.next() {
                            let message = OutgoingMessage(
                                routingKey: queue, body: [UInt8](repeating: 65, count: 600), messageID: id)
                            let failure = await harness.failure(of: message)
                            load.ended(id, failure)
                            // A caller that can wait waits for the connection.
                            if failure != nil { _ = await broker.waitUntilUp(within: .patience) }
                        }
                    }
                }
            }
            try await death
            let (started, confirmed, failures) = load.outcome
            #expect(started >= 10_000)
            #expect(confirmed.count > 2_000)
            // Each ended in one way, and the client's books say the same.
            #expect(confirmed.count + failures.values.reduce(0, +) == started)
            #expect(broker.counters[.confirmed] == confirmed.count)
            #expect(
                [.returned, .refused, .timedOut, .failed].reduce(0) { $0 + broker.counters[$1] }
                    == failures.values.reduce(0, +))
            #expect(failures.keys.contains { $0.isUnavailable }, "nothing was under way when the broker died")

            // It goes on.
            #expect(await broker.waitUntilUp(within: .patience))
            try await harness.publish(OutgoingMessage(routingKey: queue, body: [], messageID: "last"))
            // The consumer resumes by itself and sees every confirmed message, before the restart or after.
            let wanted = confirmed.union(["last"])
            try await eventually("every confirmed message to be handled") {
                handled.withLock { $0.isSuperset(of: wanted) }
            }
            try await harness.waitForDepth(0, in: queue)
            #expect(broker.counters[.reconnected] >= 2)
            #expect(broker.counters[.connectionsLost] == broker.counters[.reconnected])
        }
    }

    @Test func lateAcknowledgementsOfALostConnectionDoNoHarm() async throws {
        try await repeated { server, harness in
            let broker = harness.broker
            let queue = try await harness.queue()
            for number in 0..<5 {
                try await harness.publish(OutgoingMessage(routingKey: queue, body: Array("\(number)".utf8)))
            }
            let inbox = Inbox()
            let consumer = try broker.consume(ConsumerSpecification(queue: queue)) { inbox.take($0) }
            try await inbox.wait(for: 5)
            let old = inbox.all
            try await server.kill()
            // The consumer's own connection: the publisher may hear of it sooner.
            try await eventually("the consumer's loss") { consumer.isInterrupted }
            old[0].ack()
            try await eventually("the first late one to be dropped") { broker.counters[.staleSettlements] == 1 }
            try await server.restart()
            #expect(await broker.waitUntilUp(within: .patience))
            try await inbox.wait(for: 10)
            let again = Array(inbox.all[5...])
            #expect(again.map(\.body) == old.map(\.body))
            #expect(again.allSatisfy { $0.redelivered })

            // Tags 1…5 again, on a new channel: none of the old deliveries settles a new one.
            for delivery in old { delivery.ack() }
            try await eventually("the late ones to be dropped") { broker.counters[.staleSettlements] == 5 }
            #expect(broker.counters[.acknowledged] == 0)
            await consumer.close()
            try await harness.waitForDepth(5, in: queue)

            let last = Inbox()
            let successor = try broker.consume(ConsumerSpecification(queue: queue)) { last.take($0) }
            try await last.wait(for: 5)
            for delivery in last.all {
                delivery.ack()
                delivery.ack()
            }
            await successor.cancel()
            try await harness.waitForDepth(0, in: queue)
            #expect(broker.counters[.acknowledged] == 5)
            #expect(broker.counters[.channelsLost] == 0)
        }
    }
}

extension BrokerConsumer {
    fileprivate var isInterrupted: Bool {
        if case .settingUp(lastFault: .some) = state { true } else { false }
    }
}

/// Publishes of many tasks: 10,000, and more until one has failed for want of the broker, so that it dies under them for certain.
private final class Load: Sendable {
    private struct State {
        var started = 0
        var confirmed: Set<String> = []
        var failures: [PublishFailure: Int] = [:]
    }

    private let state = Locked(State())

    /// The next message's id; nil where it is enough.
    func next() -> String? {
        state.withLock { state in
            if state.started >= 10_000, state.failures.keys.contains(where: \.isUnavailable) { return nil }
            state.started += 1
            return String(state.started)
        }
    }

    func ended(_ id: String, _ failure: PublishFailure?) {
        state.withLock { state in
            if let failure {
                state.failures[failure, default: 0] += 1
            } else {
                state.confirmed.insert(id)
            }
        }
    }

    var outcome: (started: Int, confirmed: Set<String>, failures: [PublishFailure: Int]) {
        state.withLock { ($0.started, $0.confirmed, $0.failures) }
    }
}
