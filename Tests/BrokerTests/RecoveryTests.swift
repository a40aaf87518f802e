import Broker
import Domain
import Support
import Synchronization
import Testing

/// Against a broker of the test's own that is killed and comes back.
@Suite(.timeLimit(.minutes(5)))
struct RecoveryTests {
    private func configure(_ configuration: inout BrokerConfiguration) {
        configuration.reconnect = .init(base: .milliseconds(50), cap: .milliseconds(500))
        configuration.reconsume = .init(base: .milliseconds(50), cap: .milliseconds(500))
    }

    @Test func aBrokerKilledUnderTenThousandPublishesLosesNothingConfirmed() async throws {
        let server = try await RabbitServer.start()
        try await BrokerHarness.run(url: server.url, configure: configure) { harness in
            let broker = harness.broker
            let queue = try await harness.queue()
            let confirmed = Locked<Set<String>>([])
            let failures = Locked<[String: Int]>([:])
            let ended = Counter()
            let handled = Locked<Set<String>>([])
            let consumer = try broker.consume(ConsumerSpecification(queue: queue, prefetch: 50)) { delivery in
                if let id = delivery.messageID { _ = handled.withLock { $0.insert(id) } }
                delivery.ack()
            }
            #expect(await consumer.waitUntilConsuming(within: .seconds(10)))

            let restart = Task {
                try await eventually("some confirms") { broker.counters[.confirmed] > 2_000 }
                try await server.kill()
                try await eventually("the loss to be seen") { !broker.isUp }
                try await server.restart()
                #expect(await broker.waitUntilUp(within: .seconds(30)))
            }
            await withTaskGroup(of: Void.self) { group in
                let next = Counter()
                for _ in 0..<200 {
                    group.addTask {
                        while true {
                            let number = next.next() - 1
                            if number >= 10_000 { return }
                            let message = OutgoingMessage(
                                routingKey: queue, body: [UInt8](repeating: 65, count: 600), messageID: "\(number)")
                            let failure = await harness.failure(of: message)
                            ended.next()
                            if let failure {
                                failures.withLock { $0["\(failure)".prefix(40).description, default: 0] += 1 }
                                // A caller that can wait waits for the connection.
                                if failure.isUnavailable { _ = await broker.waitUntilUp(within: .seconds(60)) }
                            } else {
                                _ = confirmed.withLock { $0.insert(message.messageID ?? "") }
                            }
                        }
                    }
                }
            }
            try await restart.value
            #expect(ended.value == 10_000)
            let count = confirmed.withLock { $0.count }
            #expect(count > 5_000 && count < 10_000)
            #expect(failures.withLock { $0.values.reduce(0, +) } == 10_000 - count)
            #expect(failures.withLock { Set($0.keys.map { $0.prefix(25) }) } == ["the broker is unavailable"])

            // The consumer resumes by itself and sees every confirmed message, before the restart or after.
            try await eventually("every confirmed message to be handled", within: .seconds(30)) {
                confirmed.withLock { $0 }.isSubset(of: handled.withLock { $0 })
            }
            try await harness.waitForDepth(0, in: queue)
            #expect(broker.counters[.channelsLost] == 0)
            #expect(broker.counters[.connectionsLost] == 2)
        }
        try await server.kill()
    }

    @Test func lateAcknowledgementsOfALostConnectionDoNoHarm() async throws {
        let server = try await RabbitServer.start()
        try await BrokerHarness.run(url: server.url, configure: configure) { harness in
            let broker = harness.broker
            let queue = try await harness.queue()
            for number in 0..<5 {
                try await broker.publish(OutgoingMessage(routingKey: queue, body: Array("\(number)".utf8)))
            }
            let inbox = Inbox()
            let consumer = try broker.consume(ConsumerSpecification(queue: queue)) { inbox.take($0) }
            try await inbox.wait(for: 5)
            let old = inbox.all
            try await server.kill()
            try await eventually("the loss to be seen") { !broker.isUp }
            old[0].ack()
            try await server.restart()
            #expect(await broker.waitUntilUp(within: .seconds(30)))
            try await inbox.wait(for: 10, within: .seconds(30))
            // Tags 1…5 again, on a new channel: the old deliveries must not settle the new ones.
            for delivery in old { delivery.ack() }
            try await eventually("the late ones to be dropped") { broker.counters[.staleSettlements] == 5 }
            #expect(try await broker.inspectQueue(queue).messages == 0)
            #expect(broker.counters[.acknowledged] == 0)
            let again = Array(inbox.all.suffix(5))
            #expect(again.allSatisfy { $0.redelivered })
            for delivery in again { delivery.ack() }
            for delivery in again { delivery.ack() }
            await consumer.cancel()
            try await harness.waitForDepth(0, in: queue)
            #expect(broker.counters[.acknowledged] == 5)
            #expect(broker.counters[.channelsLost] == 0)
        }
        try await server.kill()
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
            try await broker.publish(OutgoingMessage(exchange: "test.fanout", routingKey: "", body: [1]))
            try await inbox.wait(for: 1)
            #expect(rebound.value == 0)
            try await server.stop()
            try await eventually("the loss to be seen") { !broker.isUp }
            guard case .unavailable = await harness.failure(of: OutgoingMessage(routingKey: "q", body: [])) else {
                Issue.record("published without a broker")
                return
            }
            try await server.restart()
            try await eventually("the new binding", within: .seconds(30)) { rebound.value == 1 }
            #expect(await broker.waitUntilUp(within: .seconds(30)))
            try await broker.publish(OutgoingMessage(exchange: "test.fanout", routingKey: "", body: [2]))
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
                    await harness.broker.close(within: .seconds(5))
                }
            }
            let refused = failures.withLock { $0 }
            // Whoever came after the close was told so; nobody hangs, and everything sent was confirmed.
            #expect(refused.allSatisfy { $0.isUnavailable })
            #expect(harness.broker.counters[.confirmed] == harness.broker.counters[.published])
            #expect(harness.broker.counters[.confirmed] + refused.count == 2_000)
            let reader = try BrokerClient(configuration: BrokerHarness.configuration(harness.url), logger: .quiet)
            try reader.start()
            #expect(await reader.waitUntilUp(within: .seconds(10)))
            try await eventually("all of them in the queue") {
                try await reader.inspectQueue(queue).messages == harness.broker.counters[.confirmed]
            }
            _ = try await reader.deleteQueue(queue)
            await reader.close(within: .seconds(1))
        }
    }
}
