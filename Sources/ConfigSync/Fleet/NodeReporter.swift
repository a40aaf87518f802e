package import Domain
import JSONCoding
package import Logging
import ServiceLifecycle
import Synchronization

/// Tells the fleet how this node is: every 2 s, and at once after a change.
package final class NodeReporter: Service {
    /// The exchange on which nodes report.
    package static let exchange = "metachat.nodes"

    /// What does not change while the node lives.
    package struct Identity: Sendable {
        package var id: String
        /// Differs between two lives of a node of one name.
        package var instance: String
        package var roles: [NodeReport.Role]
        package var advertiseURL: String
        package var version: String
        package var startedAt: Timestamp

        package init(
            id: String, instance: String, roles: [NodeReport.Role], advertiseURL: String, version: String,
            startedAt: Timestamp
        ) {
            self.id = id
            self.instance = instance
            self.roles = roles
            self.advertiseURL = advertiseURL
            self.version = version
            self.startedAt = startedAt
        }
    }

    /// What only the node itself knows.
    package struct Load: Sendable, Hashable {
        package var sockets: Int
        package var inFlight: Int

        package init(sockets: Int = 0, inFlight: Int = 0) {
            self.sockets = sockets
            self.inFlight = inFlight
        }
    }

    private let identity: Identity
    private let broker: any MessageBroker
    private let status: ConfigSyncStatus
    private let clock: any WallClock
    private let load: @Sendable () -> Load
    private let logger: Logger
    private let isDraining = Mutex(false)
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    package init(
        identity: Identity, broker: any MessageBroker, status: ConfigSyncStatus, clock: any WallClock = SystemClock(),
        logger: Logger, load: @escaping @Sendable () -> Load = { Load() }
    ) {
        self.identity = identity
        self.broker = broker
        self.status = status
        self.clock = clock
        self.load = load
        self.logger = logger
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        let wake = wake
        status.observe { _ in wake.yield() }
    }

    /// From now on the node counts as draining; said at once.
    package func drain() {
        isDraining.withLock { $0 = true }
        wake.yield()
    }

    /// What the node would say now.
    package var report: NodeReport {
        let config = status.current
        let status: NodeReport.Status =
            isDraining.withLock { $0 }
            ? .draining : !config.isReady ? .starting : config.refusals.isEmpty ? .ready : .failed
        let load = load()
        return NodeReport(
            id: identity.id, instance: identity.instance, roles: identity.roles, advertiseURL: identity.advertiseURL,
            version: identity.version, revision: config.revision, configHash: config.contentHash, status: status,
            error: config.error, startedAt: identity.startedAt, sentAt: clock.now(), sockets: load.sockets,
            inFlight: load.inFlight)
    }

    package func run() async throws {
        let wake = wake
        await withDiscardingTaskGroup { group in
            group.addTask {
                repeat { wake.yield() } while await pause(.milliseconds(NodeReport.interval))
            }
            var isDeclared = false
            for await _ in wakes.cancelOnGracefulShutdown() { await publish(&isDeclared) }
            drain()
            await publish(&isDeclared)
            group.cancelAll()
        }
    }

    private func publish(_ isDeclared: inout Bool) async {
        let message = BrokerMessage(
            exchange: Self.exchange, routingKey: "", body: report.json.serialized(), persistent: false,
            mandatory: false)
        do {
            if !isDeclared { try await broker.ensureFanout(Self.exchange) }
            try await broker.publish(message, timeoutMilliseconds: NodeReport.interval)
            isDeclared = true
        } catch {
            isDeclared = false
            logger.debug("heartbeat not sent", metadata: ["error": "\(error)"])
        }
    }
}
