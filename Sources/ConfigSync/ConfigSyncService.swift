import AsyncHTTPClient
package import Domain
package import Logging
import NIOCore
import NIOPosix
package import NIOSSL
package import Observability
package import Sealing
import ServiceLifecycle

/// Keeps a node's configuration current: the shell around ``ConfigSyncMachine``.
///
/// Never fails and never gives up: while the control plane or the broker is away, the node serves what it has.
package final class ConfigSyncService: Service {
    package struct Settings: Sendable {
        /// Bases of the control planes, tried in this order.
        package var controlURLs: [String]
        package var nodeToken: String
        /// How control planes are called over HTTPS; nil: with the system's certificate authorities.
        package var tls: TLSConfiguration?
        /// Where the last applied configuration is kept; nil for nowhere.
        package var cachePath: String?
        /// Largest snapshot, in bytes.
        package var snapshotByteLimit: Int
        /// Between two looks whether a change was missed.
        package var checkInterval: Duration
        /// Between a change and the writing of the cache.
        package var cacheDelay: Duration

        package init(
            controlURLs: [String], nodeToken: String, tls: TLSConfiguration? = nil, cachePath: String? = nil,
            snapshotByteLimit: Int = 512 << 20,
            checkInterval: Duration = .seconds(60), cacheDelay: Duration = .seconds(1)
        ) {
            self.controlURLs = controlURLs.map { url in
                var url = url
                while url.utf8.last == UInt8(ascii: "/") { url.removeLast() }
                return url
            }
            self.nodeToken = nodeToken
            self.tls = tls
            self.cachePath = cachePath
            self.snapshotByteLimit = snapshotByteLimit
            self.checkInterval = checkInterval
            self.cacheDelay = cacheDelay
        }
    }

    /// The exchange on which the control plane publishes changes.
    package static let exchange = "metachat.config"

    private let settings: Settings
    private let broker: any MessageBroker
    private let applier: any ConfigApplier
    private let status: ConfigSyncStatus
    private let cache: ConfigCache?
    private let metrics: SyncMetrics
    private let logger: Logger
    private let inputs: AsyncStream<Input>
    private let input: AsyncStream<Input>.Continuation

    private enum Input: Sendable {
        case bound
        case message([UInt8])
        case outcome(SnapshotReading.Outcome)
        case checkDue
        case cacheDue
    }

    package init(
        settings: Settings, broker: any MessageBroker, keyring: Keyring, applier: any ConfigApplier,
        status: ConfigSyncStatus, metrics: MetricRegistry = MetricRegistry(), logger: Logger
    ) {
        self.settings = settings
        self.broker = broker
        self.applier = applier
        self.status = status
        self.metrics = SyncMetrics(metrics)
        self.logger = logger
        cache = settings.cachePath.map { ConfigCache(path: $0, keyring: keyring) }
        // Unbounded on purpose: what waits here is bounded by the consumer's prefetch, and the rest are signals.
        (inputs, input) = AsyncStream.makeStream()
    }

    package func run() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout.connect = .seconds(2)
        configuration.timeout.read = .seconds(30)
        configuration.httpVersion = .http1Only
        configuration.tlsConfiguration = settings.tls
        let client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        var follower = Follower(self, writer: cache.map { CacheWriter($0, logger: logger) })
        await follower.restore()
        await withDiscardingTaskGroup { group in
            let (requests, request) = AsyncStream<ConfigSyncMachine.Read>.makeStream()
            group.addTask { await self.subscribe() }
            group.addTask { await self.answer(requests, client) }
            group.addTask { await self.tick() }
            if let writer = follower.writer { group.addTask { await writer.run() } }
            for await next in inputs.cancelOnGracefulShutdown() {
                if Task.isCancelled { break }
                if let read = follower.handle(next) { request.yield(read) }
            }
            group.cancelAll()
        }
        await follower.writer?.save(follower.state)
        do {
            try await client.shutdown()
        } catch {
            logger.warning("the client of the control plane was not shut down", metadata: ["error": "\(error)"])
        }
    }

    // MARK: The tasks beside

    /// Binds the queue as soon as the broker lets us; from then on the broker's port takes care of it.
    private func subscribe() async {
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                try await broker.ensureFanout(Self.exchange)
                let input = input
                let queue = ConsumerQueue.exclusive(boundTo: Self.exchange) { input.yield(.bound) }
                let handle = try await broker.consume(queue, prefetch: 1000) { delivery in
                    // The snapshot heals whatever is lost, so nothing is ever handed back.
                    input.yield(.message(delivery.body))
                    delivery.acknowledge()
                }
                input.yield(.bound)
                await shutdownOrCancellation()
                await handle.cancel()
                return
            } catch {
                logger.debug("waiting for the broker", metadata: ["error": "\(error)"])
                guard await pause(.milliseconds(backoff.next())) else { return }
            }
        }
    }

    /// Reads snapshots, each request until it succeeds.
    private func answer(_ requests: AsyncStream<ConfigSyncMachine.Read>, _ client: HTTPClient) async {
        let source = SnapshotSource(
            controlURLs: settings.controlURLs, nodeToken: settings.nodeToken, byteLimit: settings.snapshotByteLimit,
            client: client)
        for await request in requests {
            guard await pause(.milliseconds(request.afterMilliseconds)) else { return }
            var backoff = Backoff()
            while true {
                let reason: String
                do {
                    let outcome = try await source.read(since: request.since)
                    metrics.read(outcome)
                    status.update { $0.trouble = nil }
                    input.yield(.outcome(outcome))
                    break
                } catch is CancellationError {
                    return
                } catch let failure as SnapshotUnavailable {
                    reason = failure.reason
                } catch {
                    // Whatever it is: an answer that never comes would leave the node with what it has for ever.
                    reason = "\(error)"
                }
                metrics.readInVain()
                if status.current.trouble != reason {
                    logger.warning("no config snapshot", metadata: ["reason": "\(reason)"])
                    status.update { $0.trouble = reason }
                }
                guard await pause(.milliseconds(backoff.next())) else { return }
            }
        }
    }

    private func tick() async {
        // Without a broker the queue is never bound; the snapshot alone is worth having too.
        guard await pause(.seconds(1)) else { return }
        repeat { input.yield(.checkDue) } while await pause(settings.checkInterval * Double.random(in: 0.8...1.2))
    }

    // MARK: Following

    /// The machine with everything it moves, in the hands of the one task that reads the inputs.
    private struct Follower {
        private var machine = ConfigSyncMachine()
        private let service: ConfigSyncService
        private var isCacheDue = false
        let writer: CacheWriter?

        init(_ service: ConfigSyncService, writer: CacheWriter?) {
            self.service = service
            self.writer = writer
        }

        /// nil until there is a configuration.
        var state: ConfigState? { machine.hasState ? machine.state : nil }

        mutating func restore() async {
            if let cached = await writer?.load() { _ = perform(machine.restored(cached)) }
        }

        /// - Returns: the snapshot to read.
        mutating func handle(_ input: Input) -> ConfigSyncMachine.Read? {
            switch input {
            case .bound: return perform(machine.bound())
            case .message(let body):
                if let change = ConfigSyncMachine.Change(message: body) { return perform(machine.received(change)) }
                return perform(machine.receivedIllegible())
            case .outcome(.snapshot(let snapshot)): return perform(machine.received(snapshot))
            case .outcome(.unchanged): return perform(machine.receivedUnchanged())
            case .checkDue: return perform(machine.checkDue())
            case .cacheDue:
                isCacheDue = false
                writer?.offer(machine.state)
                return nil
            }
        }

        private mutating func perform(_ step: ConfigSyncMachine.Step) -> ConfigSyncMachine.Read? {
            for note in step.notes { service.log(note) }
            guard let changes = step.changes else { return step.read }
            let refused = service.applier.apply(machine.state, changes) + machine.unreadable.values
            let known = Set(service.status.current.refusals)
            for refusal in refused where !known.contains(refusal) {
                service.metrics.refused.increment()
                service.logger.error("config refused", metadata: ["refusal": "\(refusal)"])
            }
            service.status.update { status in
                status.isReady = true
                status.revision = ConfigSyncStatus.Value.usableRevision(machine.state.revision, refused)
                status.contentHash = machine.state.contentHash
                status.refusals = refused
            }
            service.metrics.applied(changes, revision: service.status.current.revision)
            scheduleCache()
            return step.read
        }

        /// Changes come in bunches; one writing a bunch.
        private mutating func scheduleCache() {
            guard writer != nil, !isCacheDue else { return }
            isCacheDue = true
            let input = service.input
            let delay = TimeAmount.nanoseconds(Int64(service.settings.cacheDelay / .nanoseconds(1)))
            MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: delay) { input.yield(.cacheDue) }
        }
    }

    private func log(_ note: ConfigSyncMachine.Note) {
        switch note {
        case .gap(let after, let received):
            logger.notice("config changes missed", metadata: ["after": "\(after)", "received": "\(received)"])
        case .tooManyWaiting: logger.warning("too many config changes wait for a snapshot")
        case .unreadable(let refusal): logger.debug("config unreadable", metadata: ["refusal": "\(refusal)"])
        case .illegible: logger.warning("illegible message on \(Self.exchange)")
        case .historyReplaced(let from, let to):
            logger.warning(
                "the control plane's history was replaced", metadata: ["from": "\(from)", "to": "\(to)"])
        case .drift(let revision):
            logger.warning("config differed from the control plane's", metadata: ["revision": "\(revision)"])
        }
    }
}

/// From 50 ms doubling to 1 s, with half of it left to chance.
struct Backoff {
    private var ceiling: Int64 = 50

    mutating func next() -> Int64 {
        defer { ceiling = min(ceiling * 2, 1000) }
        return Int64.random(in: ceiling / 2...ceiling)
    }
}
