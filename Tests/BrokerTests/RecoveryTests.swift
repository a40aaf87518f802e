import Broker
import Domain
import Support
import Synchronization
import Testing

/// Against a broker of the test's own that is killed and comes back.
@Suite(.timeLimit(.minutes(20)))
struct RecoveryTests {
    private func configure(_ configuration: inout BrokerConfiguration) {
        configuration.reconnect = .init(base: .milliseconds(50), cap: .milliseconds(500))
        configuration.reconsume = .init(base: .milliseconds(50), cap: .milliseconds(500))
    }

    @Test func exclusiveSubscriptionsAreBoundAnewAndTold() async throws {
        let server = try await RabbitServer.start()
        try await BrokerHarness.run(url: server.url, configure: configure) { harness in
            let broker = harness.broker
            let rebound = Counter()
            let inbox = Inbox()
            let handle = try await broker.consume(
                .exclusive(boundTo: "test.fanout", rebound: { rebound.next() }),
                prefetch: 10
            ) { delivery in
                inbox.take(delivery as? IncomingMessage)
                delivery.acknowledge()
            }
            try await harness.publish(OutgoingMessage(exchange: "test.fanout", routingKey: "", body: [1]))
            try await inbox.wait(for: 1)
            #expect(rebound.value == 0)
            try await server.stop()
            try await eventually("the loss to be seen") { !broker.isUp }
            guard case .unavailable = await harness.failure(of: OutgoingMessage(routingKey: "q", body: [])) else {
                Issue.record("published without a broker")
                return
            }
            try await server.restart()
            try await eventually("the new binding") { rebound.value >= 1 }
            #expect(await broker.waitUntilUp(within: .patience))
            try await harness.publish(OutgoingMessage(exchange: "test.fanout", routingKey: "", body: [2]))
            try await inbox.wait(for: 2)
            #expect(inbox.all.map(\.body) == [[1], [2]])
            await handle.cancel()
        }
        try await server.kill()
    }

    @Test func closingFlushesWhatIsUnderWay() async throws {
        try await BrokerHarness.run { harness in
            let queue = try await harness.queue()
            let failures = Locked<[PublishFailure]>([])
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<2_000 {
                    group.addTask {
                        let message = OutgoingMessage(routingKey: queue, body: [UInt8](repeating: 1, count: 600))
                        if let failure = await harness.failure(of: message) {
                            failures.withLock { $0.append(failure) }
                        }
                    }
                }
                group.addTask {
                    while harness.broker.counters[.published] < 500 { await Task.yield() }
                    await harness.broker.close(within: .patience)
                }
            }
            let refused = failures.withLock { $0 }
            // Whoever came after the close was told so; nobody hangs, and everything sent was confirmed.
            #expect(refused.allSatisfy { $0.isUnavailable })
            #expect(harness.broker.counters[.confirmed] == harness.broker.counters[.published])
            #expect(harness.broker.counters[.confirmed] + refused.count == 2_000)
            let reader = try BrokerClient(configuration: BrokerHarness.configuration(harness.url), logger: .quiet)
            try reader.start()
            #expect(await reader.waitUntilUp(within: .patience))
            try await eventually("all of them in the queue") {
                try await reader.inspectQueue(queue).messages == harness.broker.counters[.confirmed]
            }
            _ = try await reader.deleteQueue(queue)
            await reader.close(within: .seconds(1))
        }
    }
}
