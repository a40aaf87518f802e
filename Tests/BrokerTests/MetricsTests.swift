import Broker
import Logging
import Observability
import Testing

@Suite(.timeLimit(.minutes(20)))
struct MetricsTests {
    @Test func everyPublishAndDeliveryIsCounted() async throws {
        let registry = MetricRegistry()
        try await BrokerHarness.run(metrics: registry) { harness in
            let queue = try await harness.queue()
            for _ in 0..<3 { try await harness.publish(OutgoingMessage(routingKey: queue, body: [1])) }
            let nowhere = OutgoingMessage(routingKey: harness.name("nowhere"), body: [])
            #expect(await harness.failure(of: nowhere) == .returned(code: 312, reason: "NO_ROUTE"))
            let inbox = Inbox()
            let consumer = try harness.broker.consume(ConsumerSpecification(queue: queue)) { inbox.take($0) }
            try await inbox.wait(for: 3)
            await consumer.close()

            #expect(registry.counter(.brokerPublished).value == 4)
            #expect(registry.counter(.brokerConfirmed).value == 3)
            #expect(registry.counter(.brokerRefused, ["outcome": "returned"]).value == 1)
            #expect(registry.counter(.brokerRefused, ["outcome": "failed"]).value == 0)
            #expect(registry.counter(.brokerDelivered).value == 3)
            #expect(registry.histogram(.brokerConfirmDuration).count == 3)
            #expect(registry.gauge(.brokerUnconfirmed).value == 0)
            #expect(registry.gauge(.brokerUp, ["connection": "publish"]).value == 1)
            #expect(registry.gauge(.brokerUp, ["connection": "consume-0"]).value == 1)
            #expect(registry.counter(.brokerReconnects).value == 0)

            _ = try await harness.broker.deleteQueue(queue)
            await harness.broker.close(within: .patience)
            #expect(registry.gauge(.brokerUp, ["connection": "publish"]).value == 0)
            #expect(registry.gauge(.brokerUp, ["connection": "consume-0"]).value == 0)
            // Refused at the door: nothing was written, but the publish has ended.
            #expect(await harness.failure(of: OutgoingMessage(routingKey: queue, body: []))?.isUnavailable == true)
            #expect(registry.counter(.brokerRefused, ["outcome": "failed"]).value == 1)
            #expect(registry.counter(.brokerPublished).value == 4)
        }
    }
}
