import Broker
import Testing

@Suite(.timeLimit(.minutes(20)))
struct PublishTests {
    @Test func aConfirmedMessageArrivesWithAllItsParts() async throws {
        try await BrokerHarness.run { harness in
            let queue = try await harness.queue()
            let body = Array(#"{"text":"Grüße"}"#.utf8)
            try await harness.publish(
                OutgoingMessage(
                    routingKey: queue, body: body, messageID: "id-1",
                    headers: ["x-error": "boom", "x-attempts": 3, "x-flag": true, "x-list": .array([1, "two"])]))
            let inbox = Inbox()
            let consumer = try harness.broker.consume(ConsumerSpecification(queue: queue)) { inbox.take($0) }
            try await inbox.wait(for: 1)
            let delivery = inbox.all[0]
            #expect(delivery.body == body)
            #expect(delivery.messageID == "id-1")
            #expect(delivery.contentType == "application/json")
            #expect(delivery.routingKey == queue)
            #expect(delivery.exchange == "")
            #expect(!delivery.redelivered)
            #expect(
                delivery.headers == [
                    "x-error": "boom", "x-attempts": 3, "x-flag": true, "x-list": .array([1, "two"]),
                ])
            delivery.ack()
            delivery.ack()
            delivery.nack(requeue: true)
            await consumer.cancel()
            try await harness.waitForDepth(0, in: queue)
        }
    }

    @Test func anUnroutableMessageComesBack() async throws {
        try await BrokerHarness.run { harness in
            let queue = try await harness.queue()
            let missing = harness.name("missing")
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let key = number % 3 == 0 ? missing : queue
                        let message = OutgoingMessage(
                            routingKey: key, body: [1, 2, 3], messageID: number % 2 == 0 ? "same" : nil)
                        let failure = await harness.failure(of: message)
                        let expected = PublishFailure.returned(code: 312, reason: "NO_ROUTE")
                        #expect(failure == (number % 3 == 0 ? expected : nil))
                    }
                }
            }
            try await harness.waitForDepth(133, in: queue)
            var message = OutgoingMessage(routingKey: missing, body: [])
            message.mandatory = false
            try await harness.publish(message)
        }
    }

    @Test func aFullQueueThatRejectsRefuses() async throws {
        try await BrokerHarness.run { harness in
            let queue = try await harness.queue(
                .classic, arguments: ["x-max-length": 3, "x-overflow": "reject-publish"])
            var confirmed = 0
            for _ in 0..<10 {
                let failure = await harness.failure(of: OutgoingMessage(routingKey: queue, body: [0]))
                if failure == nil { confirmed += 1 } else { #expect(failure == .refused) }
            }
            #expect(confirmed == 3)
        }
    }

    @Test(arguments: [0, 1, 4_000, 32_760, 32_761, 131_072, 1_048_576, 5_000_000])
    func bodiesOfAnySizePass(size: Int) async throws {
        try await BrokerHarness.run { harness in
            let queue = try await harness.queue()
            let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await harness.publish(OutgoingMessage(routingKey: queue, body: body))
            let inbox = Inbox()
            _ = try harness.broker.consume(ConsumerSpecification(queue: queue)) { inbox.take($0) }
            try await inbox.wait(for: 1)
            #expect(inbox.all[0].body == body)
            inbox.all[0].ack()
        }
    }
}
