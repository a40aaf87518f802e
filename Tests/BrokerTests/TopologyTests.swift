import Broker
import Testing

@Suite(.timeLimit(.minutes(20)))
struct TopologyTests {
    @Test func manyCallersShareOneDeclaration() async throws {
        try await BrokerHarness.run { harness in
            let name = harness.name()
            let declaration = QueueDeclaration(name: name, type: .quorum, singleActiveConsumer: true)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<200 { group.addTask { try await harness.broker.ensureQueue(declaration) } }
                try await group.waitForAll()
            }
            let depth = try await harness.broker.inspectQueue(name)
            #expect(depth.name == name && depth.messages == 0 && depth.consumers == 0)
        }
    }

    @Test func aQueueDeletedBehindOurBackIsDeclaredAgain() async throws {
        try await BrokerHarness.run { harness in
            let name = harness.name()
            let declaration = QueueDeclaration(name: name, type: .quorum)
            try await harness.broker.ensureQueue(declaration)
            let other = try BrokerClient(configuration: BrokerHarness.configuration(harness.url), logger: .quiet)
            try other.start()
            #expect(await other.waitUntilUp(within: .patience))
            _ = try await other.deleteQueue(name)
            await other.close(within: .seconds(1))

            let message = OutgoingMessage(routingKey: name, body: [])
            #expect(await harness.failure(of: message) == .returned(code: 312, reason: "NO_ROUTE"))
            try await harness.broker.ensureQueue(declaration)
            #expect(await harness.failure(of: message) == nil)
        }
    }

    @Test func anErrorHitsItsRequestAlone() async throws {
        try await BrokerHarness.run { harness in
            let name = try await harness.queue()
            let broker = harness.broker
            async let missing = #expect(throws: BrokerError.self) { try await broker.inspectQueue("test.none") }
            async let conflicting = #expect(throws: BrokerError.self) {
                try await broker.declareQueue(QueueDeclaration(name: name, type: .quorum, singleActiveConsumer: true))
            }
            async let fine = broker.inspectQueue(name)
            _ = await (missing, conflicting)
            #expect(try await fine.name == name)
            #expect(broker.isUp)
            #expect(await harness.failure(of: OutgoingMessage(routingKey: name, body: [])) == nil)
        }
    }

    @Test func fanoutsReachEveryBoundQueue() async throws {
        try await BrokerHarness.run { harness in
            let broker = harness.broker
            let exchange = harness.name("fanout")
            try await broker.declareExchange(ExchangeDeclaration(name: exchange, kind: .fanout))
            var queues: [String] = []
            for _ in 0..<3 { queues.append(try await harness.queue()) }
            for queue in queues { try await broker.bind(Binding(exchange: exchange, queue: queue)) }
            try await harness.publish(OutgoingMessage(exchange: exchange, routingKey: "", body: [7]))
            for queue in queues { try await harness.waitForDepth(1, in: queue) }
            try await broker.unbind(Binding(exchange: exchange, queue: queues[0]))
            try await harness.publish(OutgoingMessage(exchange: exchange, routingKey: "", body: [8]))
            try await harness.waitForDepth(2, in: queues[1])
            #expect(try await broker.inspectQueue(queues[0]).messages == 1)
            #expect(try await broker.purgeQueue(queues[1]) == 2)
            try await broker.deleteExchange(exchange)
            let lost = await harness.failure(of: OutgoingMessage(exchange: exchange, routingKey: "", body: [9]))
            guard case .unavailable(let reason) = lost else {
                Issue.record("published to an exchange that is gone")
                return
            }
            #expect(reason.contains("404"))
            // The channel was closed over it; the next publish has a new one.
            #expect(await harness.failure(of: OutgoingMessage(routingKey: queues[0], body: [])) == nil)
        }
    }

    @Test func tellsTheDepthOfAQueueAndThatThereIsNone() async throws {
        try await BrokerHarness.run { harness in
            let broker = harness.broker
            let queue = try await harness.queue()
            try await harness.publish(OutgoingMessage(routingKey: queue, body: [1]))
            try await harness.waitForDepth(1, in: queue)
            #expect(try await broker.depth(of: queue)?.messages == 1)
            _ = try await broker.deleteQueue(queue)
            #expect(try await broker.depth(of: queue) == nil)
        }
    }

    @Test func impossibleQueuesAreRefusedBeforeTheyAreSent() async throws {
        try await BrokerHarness.run { harness in
            let broker = harness.broker
            await #expect(throws: BrokerError.self) {
                try await broker.ensureQueue(
                    QueueDeclaration(name: String(repeating: "n", count: 256), type: .quorum))
            }
            if broker.serverVersion.hasPrefix("3.10.") || broker.serverVersion.hasPrefix("3.11.") {
                await #expect(throws: BrokerError.self) {
                    try await broker.ensureQueue(
                        QueueDeclaration(name: "test.classic", type: .classic, singleActiveConsumer: true))
                }
                #expect(throws: BrokerError.self) { try broker.require(.classic) }
            }
            try broker.require(.quorum)
            #expect(broker.isUp)
        }
    }

    @Test func messagesBeyondALimitAreRefusedBeforeTheyAreSent() async throws {
        try await BrokerHarness.run {
            $0.maximumBody = 1000
        } _: { harness in
            let queue = try await harness.queue()
            let long = String(repeating: "ä", count: 128)
            var messages = [
                OutgoingMessage(routingKey: long, body: []),
                OutgoingMessage(exchange: long, routingKey: queue, body: []),
                OutgoingMessage(routingKey: queue, body: [], messageID: long),
                OutgoingMessage(routingKey: queue, body: [], headers: [long: 1]),
                OutgoingMessage(
                    routingKey: queue, body: [], headers: ["h": .string(String(repeating: "x", count: 9000))]),
                OutgoingMessage(routingKey: queue, body: [], expiration: .seconds(-1)),
                OutgoingMessage(routingKey: queue, body: [], expiration: .seconds(1 << 40)),
            ]
            var deep = HeaderValue.array([1])
            for _ in 0..<20 { deep = .table(["k": deep]) }
            messages.append(OutgoingMessage(routingKey: queue, body: [], headers: ["h": deep]))
            for message in messages {
                guard case .invalid = await harness.failure(of: message) else {
                    Issue.record("sent: \(message.routingKey.prefix(20))")
                    continue
                }
            }
            let large = OutgoingMessage(routingKey: queue, body: [UInt8](repeating: 0, count: 1001))
            #expect(await harness.failure(of: large) == .tooLarge(limit: 1000))
            let limit = OutgoingMessage(
                routingKey: queue, body: [UInt8](repeating: 0, count: 1000),
                messageID: String(repeating: "i", count: 255),
                headers: ["h": .string(String(repeating: "x", count: 8000))], expiration: .seconds(60))
            #expect(await harness.failure(of: limit) == nil)
            #expect(harness.broker.counters[.channelsLost] == 0)
        }
    }
}
