import Broker
import Domain
import JSONCoding
import Logging
import Support
import Synchronization
import Testing

@testable import ConfigSync

/// Against a RabbitMQ that is killed and comes back.
@Suite(.timeLimit(.minutes(20))) struct RealBrokerTests {
    private let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private func connect(_ url: String) throws -> BrokerClient {
        var configuration = BrokerConfiguration(url: try BrokerURL(parsing: url))
        configuration.connectionName = "config-sync-tests"
        configuration.reconnect = .init(base: .milliseconds(50), cap: .milliseconds(500))
        configuration.reconsume = .init(base: .milliseconds(50), cap: .milliseconds(500))
        let client = try BrokerClient(configuration: configuration, logger: quiet)
        try client.start()
        return client
    }

    @Test func changesArriveAndWhatTheRestartSwallowedIsRead() async throws {
        let server = try await RabbitServer.start()
        let broker = try connect(server.url)
        let publisher = try connect(server.url)
        let control = FakeControlPlane(.acme)
        let applier = RecordingApplier()
        let status = ConfigSyncStatus()
        let (urls, url) = AsyncStream<String>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await control.run { url.yield($0) } }
            var iterator = urls.makeAsyncIterator()
            let address = try #require(await iterator.next())
            let service = ConfigSyncService(
                settings: .init(controlURLs: [address], nodeToken: FakeControlPlane.token), broker: broker,
                keyring: try .forTests(), applier: applier, status: status, logger: quiet)
            let reporter = NodeReporter(
                identity: .init(
                    id: "a", instance: "1", roles: [.worker], advertiseURL: "", version: "1", startedAt: World.time),
                broker: broker, status: status, logger: quiet)
            let membership = Membership(broker: broker, logger: quiet, uptime: { 0 })
            group.addTask { try await service.run() }
            group.addTask { try await reporter.run() }
            group.addTask { try await membership.run() }
            #expect(await eventually { applier.revision == 3 })
            #expect(await eventually { membership.readyWorkers == ["a"] })

            for _ in 0..<50 {
                let event = try control.state.withLock { state in
                    state.world.putChannel("wa1")
                    return try #require(state.world.events.last)
                }
                try await publisher.publish(
                    BrokerMessage(
                        exchange: ConfigSyncService.exchange, routingKey: "", body: event.json.serialized(),
                        mandatory: false),
                    timeoutMilliseconds: 120_000)
                #expect(await eventually { applier.revision == event.revision })
            }
            #expect(control.asked.count { $0 == nil } == 1)

            #expect(await eventually { membership.readyWorkers == ["a"] })
            try await server.kill()
            #expect(await eventually { !broker.isUp })
            control.state.withLock { $0.world.putTenant("swallowed") }
            #expect(membership.readyWorkers == ["a"] && status.current.isReady)
            try await server.restart()
            #expect(await eventually { applier.revision == 54 })
            #expect(applier.hash == control.state.withLock { $0.world.state.contentHash })
            #expect(await eventually { membership.reports.first?.revision == 54 })
            group.cancelAll()
        }
        await broker.close(within: .seconds(30))
        await publisher.close(within: .seconds(30))
        try await server.kill()
    }
}
