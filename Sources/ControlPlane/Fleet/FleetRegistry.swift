package import Domain
import JSONCoding
package import Logging
package import Observability
import ServiceLifecycle

/// The nodes as they report themselves on the fanout `metachat.nodes`, and those who wait for them.
package actor FleetRegistry: Service {
    package static let exchange = "metachat.nodes"
    /// Between two writes of what is known, in milliseconds.
    package static let saveInterval: Int64 = 10_000
    /// Reports that may wait to be taken in; beyond, the oldest are dropped: the next one of a node says as much.
    private static let backlog = 10_000

    package enum Waited: Sendable {
        case converged([FleetNode], elapsedMilliseconds: Int64)
        case laggards([FleetNode])
        /// No report can come in now, so nothing can be told.
        case blind
    }

    private enum Event: Sendable {
        case report(NodeReport)
        case rebound
    }

    private let broker: any MessageBroker
    private let store: (any FleetStore)?
    private let clock: any WallClock
    private let logger: Logger
    private let metrics: MetricRegistry?
    private let origin = ContinuousClock.now
    private let ownUptime: (@Sendable () -> Int64)?

    private var machine = FleetMachine()
    private var watchers: [Int: CheckedContinuation<Void, Never>] = [:]
    private var nextWatcher = 0
    /// Counts what has changed, so that nobody waits for what has come meanwhile.
    private var generation = 0
    private var isListening = false
    private var changedSinceSave = false
    private var lastSave: Int64 = 0

    /// - Parameter uptime: monotonic milliseconds, by which a node's silence is judged; the time since now by itself.
    package init(
        broker: any MessageBroker, store: (any FleetStore)? = nil, clock: any WallClock = SystemClock(),
        uptime: (@Sendable () -> Int64)? = nil, metrics: MetricRegistry? = nil, logger: Logger
    ) {
        ownUptime = uptime
        self.broker = broker
        self.store = store
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
    }

    /// Monotonic milliseconds.
    private var now: Int64 { Int64((ContinuousClock.now - origin) / .milliseconds(1)) }
    /// The same, as it counts for silence.
    private var uptime: Int64 { ownUptime?() ?? now }

    // MARK: Asking

    /// Every known node, by id.
    package func list() -> [FleetNode] { machine.list(now: uptime) }

    /// Waits until every live node runs a revision.
    package func wait(for revision: Int64, atMost milliseconds: Int64) async throws -> Waited {
        let start = now
        while true {
            let laggards = machine.laggards(behind: revision, now: uptime)
            let isBlind = !isListening || !broker.isUp
            let seen = generation
            if laggards.isEmpty && !isBlind {
                return .converged(list(), elapsedMilliseconds: now - start)
            }
            let rest = start + milliseconds - now
            guard rest > 0 else { return isBlind ? .blind : .laggards(laggards) }
            try Task.checkCancellation()
            var pause = rest
            let uptime = uptime
            if let silence = machine.nextSilence(behind: revision, now: uptime) { pause = min(pause, silence - uptime) }
            // Nobody tells when the broker comes back without a node to report.
            if isBlind { pause = min(pause, 250) }
            await change(since: seen, atMost: max(pause, 1))
        }
    }

    /// Returns when something has changed since a generation, or after `milliseconds`.
    private func change(since seen: Int, atMost milliseconds: Int64) async {
        let id = nextWatcher
        nextWatcher += 1
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.watch(id, since: seen) }
            group.addTask {
                do { try await Task.sleep(for: .milliseconds(milliseconds)) } catch {}
                await self.wake(id)
            }
            await group.next()
            group.cancelAll()
            wake(id)
        }
    }

    private func watch(_ id: Int, since seen: Int) async {
        guard !Task.isCancelled, generation == seen else { return }
        await withCheckedContinuation { watchers[id] = $0 }
    }

    private func wake(_ id: Int) { watchers.removeValue(forKey: id)?.resume() }

    // MARK: Listening

    package func run() async throws {
        await restore()
        let (events, continuation) = AsyncStream.makeStream(
            of: Event.self, bufferingPolicy: .bufferingNewest(Self.backlog))
        let logger = logger
        await cancelWhenGracefulShutdown {
            guard
                let handle = await self.consume({ continuation.yield($0) })
            else { return }
            await self.setListening(true)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await event in events { await self.take(event) } }
                group.addTask { await self.keep() }
                await group.next()
                group.cancelAll()
            }
            await self.setListening(false)
            await handle.cancel()
            logger.debug("the fleet registry has stopped")
        }
        await save()
    }

    /// Binds to the nodes' fanout, however long that takes; nil when told to stop meanwhile.
    private func consume(_ yield: @escaping @Sendable (Event) -> Void) async -> (any ConsumerHandle)? {
        let logger = logger
        var pause = Backoff()
        while !Task.isCancelled {
            do {
                try await broker.ensureFanout(Self.exchange)
                return try await broker.consume(
                    .exclusive(boundTo: Self.exchange, rebound: { yield(.rebound) }), prefetch: 256
                ) { delivery in
                    do {
                        let report = try JSONReader.read(JSONValue.parse(delivery.body), NodeReport.init(reading:))
                        yield(.report(report))
                    } catch {
                        logger.warning("a node's report is not readable", metadata: ["error": "\(error)"])
                    }
                    delivery.acknowledge()
                }
            } catch {
                logger.warning("cannot listen to the nodes", metadata: ["error": "\(error)"])
                await pause.wait()
            }
        }
        return nil
    }

    private func setListening(_ flag: Bool) {
        isListening = flag
        announce()
    }

    private func take(_ event: Event) {
        switch event {
        case .report(let report): take(report)
        case .rebound:
            machine.resume(now: uptime)
            announce()
        }
    }

    /// Takes a report, however it came.
    package func take(_ report: NodeReport) {
        if machine.receive(report, at: clock.now(), now: uptime) {
            changedSinceSave = true
            logger.info(
                "a node reports itself",
                metadata: [
                    "nodeId": "\(report.id)", "status": "\(report.status.rawValue)", "revision": "\(report.revision)",
                ])
        }
        announce()
    }

    private func announce() {
        generation += 1
        let waiting = watchers
        watchers = [:]
        for watcher in waiting.values { watcher.resume() }
    }

    // MARK: Keeping

    private func restore() async {
        guard let store else { return }
        do {
            let sightings = try await store.sightings(
                since: clock.now().adding(milliseconds: -FleetMachine.forgetAfter))
            machine.restore(sightings, at: clock.now(), now: uptime)
        } catch {
            logger.warning("the nodes known before cannot be read", metadata: ["error": "\(error)"])
        }
    }

    private func keep() async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
            machine.prune(now: uptime)
            measure()
            if changedSinceSave || now - lastSave >= Self.saveInterval { await save() }
        }
    }

    private func save() async {
        lastSave = now
        changedSinceSave = false
        guard let store else { return }
        let since = clock.now().adding(milliseconds: -2 * Self.saveInterval)
        let sightings = machine.sightings.filter { $0.lastSeenAt >= since }
        do {
            if !sightings.isEmpty { try await store.save(sightings) }
            try await store.forget(before: clock.now().adding(milliseconds: -FleetMachine.forgetAfter))
        } catch {
            logger.debug("the nodes cannot be kept", metadata: ["error": "\(error)"])
        }
    }

    private func measure() {
        guard let metrics else { return }
        let counts = Dictionary(grouping: list(), by: \.status).mapValues(\.count)
        for status in NodeReport.Status.allCases {
            metrics.gauge(.fleetNodes, ["status": status.rawValue]).set(Int64(counts[status] ?? 0))
        }
    }
}
