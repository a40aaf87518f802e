import Broker
import Support
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(20)))
struct BackPressureTests {
    @Test func moreThanTheWindowWaitsAndAllAreConfirmed() async throws {
        try await BrokerHarness.run {
            $0.window.messages = 4
        } _: { harness in
            let queue = try await harness.queue()
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<2_000 {
                    group.addTask {
                        let message = OutgoingMessage(routingKey: queue, body: Array("\(number)".utf8))
                        #expect(await harness.failure(of: message) == nil)
                    }
                }
            }
            try await harness.waitForDepth(2_000, in: queue)
            #expect(harness.broker.counters[.confirmed] == 2_000)
        }
    }

    @Test func beyondTheWaitingRoomItFailsAtOnce() async throws {
        try await BrokerHarness.run {
            $0.window.messages = 2
            $0.waitingMessages = 8
        } _: { harness in
            let queue = try await harness.queue()
            let failures = Locked<[PublishFailure: Int]>([:])
            let confirmed = Counter()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<500 {
                    group.addTask {
                        let message = OutgoingMessage(routingKey: queue, body: [UInt8](repeating: 1, count: 50_000))
                        if let failure = await harness.failure(of: message) {
                            failures.withLock { $0[failure, default: 0] += 1 }
                        } else {
                            confirmed.next()
                        }
                    }
                }
            }
            let counted = failures.withLock { $0 }
            #expect(Set(counted.keys).isSubset(of: [.overloaded]))
            #expect(counted[.overloaded, default: 0] > 0)
            #expect(confirmed.value + counted.values.reduce(0, +) == 500)
            // The room is given back.
            #expect(await harness.failure(of: OutgoingMessage(routingKey: queue, body: [])) == nil)
        }
    }

    @Test func aBlockedBrokerTimesPublishesOutAndTakesThemLater() async throws {
        let server = try await RabbitServer.start()
        try await BrokerHarness.run(url: server.url) { harness in
            let queue = try await harness.queue()
            let broker = harness.broker
            try await server.rabbitmqctl("set_vm_memory_high_watermark", "absolute", "1MB")
            // The alarm shows with the first publish after it.
            try await eventually("the broker to block us") {
                _ = await harness.failure(
                    of: OutgoingMessage(routingKey: queue, body: [1]), timeout: .milliseconds(50))
                return !broker.canPublish
            }
            #expect(broker.isUp)
            #expect(broker.fault?.contains("no publishes") == true)
            let failure = await harness.failure(
                of: OutgoingMessage(routingKey: queue, body: [2]), timeout: .milliseconds(100))
            guard case .unavailable = failure else {
                Issue.record("not unavailable: \(String(describing: failure))")
                return
            }
            let late = Task {
                await harness.failure(of: OutgoingMessage(routingKey: queue, body: [3]), timeout: .patience)
            }
            try await server.rabbitmqctl("set_vm_memory_high_watermark", "0.4")
            #expect(await late.value == nil)
            #expect(broker.canPublish)
        }
        try await server.kill()
    }
}
