import Broker
import Domain
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(20)))
struct ConsumeTests {
    private func fill(_ queue: String, _ range: Range<Int>, _ harness: BrokerHarness) async throws {
        for number in range {
            try await harness.publish(OutgoingMessage(routingKey: queue, body: Array("\(number)".utf8)))
        }
    }

    @Test func prefetchBoundsWhatIsInHand() async throws {
        try await BrokerHarness.run { harness in
            let queue = try await harness.queue()
            try await fill(queue, 0..<30, harness)
            let inbox = Inbox()
            let consumer = try harness.broker.consume(ConsumerSpecification(queue: queue, prefetch: 5)) {
                inbox.take($0)
            }
            try await inbox.wait(for: 5)
            try await harness.waitForDepth(25, in: queue)
            #expect(inbox.all.count == 5)
            inbox.all[2].ack()
            inbox.all[0].ack()
            try await inbox.wait(for: 7)
            #expect(inbox.all.count == 7)
            #expect(inbox.bodies == (0..<7).map(String.init))
            await consumer.close()
            // What was not acknowledged is back.
            try await harness.waitForDepth(28, in: queue)
        }
    }

    @Test func requeuedMessagesComeAgainAndRejectedOnesDoNot() async throws {
        try await BrokerHarness.run { harness in
            let dead = try await harness.queue()
            let queue = try await harness.queue(
                arguments: ["x-dead-letter-exchange": "", "x-dead-letter-routing-key": .string(dead)])
            try await fill(queue, 0..<2, harness)
            let inbox = Inbox()
            _ = try harness.broker.consume(ConsumerSpecification(queue: queue)) { inbox.take($0) }
            try await inbox.wait(for: 2)
            inbox.all[0].nack(requeue: true)
            inbox.all[1].reject()
            try await inbox.wait(for: 3)
            #expect(inbox.bodies[2] == "0")
            #expect(inbox.all[2].redelivered)
            inbox.all[2].ack()
            let deadInbox = Inbox()
            _ = try harness.broker.consume(ConsumerSpecification(queue: dead)) { deadInbox.take($0) }
            try await deadInbox.wait(for: 1)
            #expect(deadInbox.bodies == ["1"])
            // RabbitMQ's own header: an array of tables.
            guard case .array(let deaths) = deadInbox.all[0].headers["x-death"], case .table(let death) = deaths[0]
            else {
                Issue.record("no x-death")
                return
            }
            #expect(death["queue"] == .string(queue))
            #expect(death["count"] == 1)
        }
    }

    @Test func theSingleActiveConsumerHandsOverInOrder() async throws {
        try await BrokerHarness.run { harness in
            let queue = try await harness.queue(singleActiveConsumer: true)
            let (first, second) = (Inbox(), Inbox())
            let specification = ConsumerSpecification(queue: queue, prefetch: 4)
            let active = try harness.broker.consume(specification) { first.take($0) }
            #expect(await active.waitUntilConsuming(within: .patience))
            let standby = try harness.broker.consume(specification) { delivery in
                second.take(delivery)
                delivery.ack()
            }
            #expect(await standby.waitUntilConsuming(within: .patience))
            try await fill(queue, 0..<10, harness)
            try await first.wait(for: 4)
            for delivery in first.all { delivery.ack() }
            try await first.wait(for: 8)
            #expect(second.all.isEmpty)
            await active.cancel()
            #expect(active.state == .finished)
            for delivery in first.all { delivery.ack() }
            try await second.wait(for: 2)
            #expect(first.bodies == (0..<8).map(String.init))
            #expect(second.bodies == ["8", "9"])
            try await harness.waitForDepth(0, in: queue)
        }
    }

    @Test func cancelKeepsWhatIsInHandSettleable() async throws {
        try await BrokerHarness.run { harness in
            let queue = try await harness.queue()
            try await fill(queue, 0..<3, harness)
            let inbox = Inbox()
            let consumer = try harness.broker.consume(ConsumerSpecification(queue: queue)) { inbox.take($0) }
            try await inbox.wait(for: 3)
            await consumer.cancel()
            inbox.all[0].ack()
            inbox.all[1].nack(requeue: true)
            inbox.all[2].ack()
            try await harness.waitForDepth(1, in: queue)
            try await eventually("the channel to be let go") {
                try await harness.broker.inspectQueue(queue).consumers == 0
            }
            #expect(inbox.all.count == 3)
            await consumer.cancel()
            await consumer.close()
        }
    }

    @Test func aFaultyConsumerDisturbsNobodyAndComesBack() async throws {
        try await BrokerHarness.run {
            $0.reconsume = .init(base: .milliseconds(20), cap: .milliseconds(100))
        } _: { harness in
            let good = try await harness.queue()
            let late = harness.name("late")
            let (goodInbox, lateInbox) = (Inbox(), Inbox())
            let events = Locked<[ConsumerEvent]>([])
            let steady = try harness.broker.consume(ConsumerSpecification(queue: good)) { delivery in
                goodInbox.take(delivery)
                delivery.ack()
            }
            let faulty = try harness.broker.consume(
                ConsumerSpecification(queue: late), onEvent: { event in events.withLock { $0.append(event) } }
            ) { delivery in
                lateInbox.take(delivery)
                delivery.ack()
            }
            try await eventually("two failures") { events.withLock { $0.count } >= 2 }
            guard case .interrupted(.refused(code: 404, _)) = events.withLock({ $0[0] }) else {
                Issue.record("not 404")
                return
            }
            try await fill(good, 0..<5, harness)
            try await goodInbox.wait(for: 5)
            try await harness.broker.ensureQueue(QueueDeclaration(name: late, type: .quorum))
            #expect(await faulty.waitUntilConsuming(within: .patience))
            try await fill(late, 0..<3, harness)
            try await lateInbox.wait(for: 3)

            // A queue deleted under its consumer: told, and consumed again once it is back.
            _ = try await harness.broker.deleteQueue(late)
            try await eventually("the broker's cancel") { faulty.state != .consuming(queue: late) }
            try await harness.broker.ensureQueue(QueueDeclaration(name: late, type: .quorum))
            #expect(await faulty.waitUntilConsuming(within: .patience))
            try await fill(late, 3..<4, harness)
            try await lateInbox.wait(for: 4)
            #expect(steady.state == .consuming(queue: good))
        }
    }

    @Test func hundredsOfConsumersShareAConnection() async throws {
        try await BrokerHarness.run { harness in
            let inbox = Inbox()
            var queues: [String] = []
            var consumers: [BrokerConsumer] = []
            for _ in 0..<300 {
                let name = harness.name()
                queues.append(name)
                var declaration = QueueDeclaration(name: name, type: .classic)
                declaration.durable = false
                consumers.append(
                    try harness.broker.consume(ConsumerSpecification(queue: name, declaration: declaration)) {
                        delivery in
                        inbox.take(delivery)
                        delivery.ack()
                    })
            }
            for consumer in consumers { #expect(await consumer.waitUntilConsuming(within: .patience)) }
            for queue in queues { try await harness.publish(OutgoingMessage(routingKey: queue, body: [1])) }
            try await inbox.wait(for: 300)
            #expect(Set(inbox.all.map(\.routingKey)) == Set(queues))
            for consumer in consumers { await consumer.close() }
        }
    }

    @Test func anExclusiveSubscriptionSeesWhatIsPublishedAfterIt() async throws {
        try await BrokerHarness.run { harness in
            let exchange = harness.name("fanout")
            let inbox = Inbox()
            let handle = try await harness.broker.consume(
                .exclusive(boundTo: exchange, rebound: {}), prefetch: 10,
                handler: { inbox.take($0 as? IncomingMessage) })
            try await harness.publish(
                OutgoingMessage(exchange: exchange, routingKey: "", body: Array("hello".utf8)))
            try await inbox.wait(for: 1)
            #expect(inbox.bodies == ["hello"])
            inbox.all[0].acknowledge()
            await handle.cancel()
            try await harness.broker.deleteExchange(exchange)
        }
    }

    @Test func whatIsLargerThanTheLimitIsRejected() async throws {
        try await BrokerHarness.run {
            $0.maximumBody = 100_000
        } _: { harness in
            let queue = try await harness.queue()
            let other = try BrokerClient(configuration: BrokerHarness.configuration(harness.url), logger: .quiet)
            try other.start()
            #expect(await other.waitUntilUp(within: .patience))
            try await other.publish(
                OutgoingMessage(routingKey: queue, body: [UInt8](repeating: 1, count: 100_001)), timeout: .patience)
            try await other.publish(OutgoingMessage(routingKey: queue, body: [2]), timeout: .patience)
            await other.close(within: .seconds(1))
            let inbox = Inbox()
            _ = try harness.broker.consume(ConsumerSpecification(queue: queue)) { inbox.take($0) }
            try await inbox.wait(for: 1)
            #expect(inbox.all.map(\.body) == [[2]])
            inbox.all[0].ack()
            try await harness.waitForDepth(0, in: queue)
        }
    }
}
