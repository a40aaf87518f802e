package import Domain
import JSONCoding
package import Logging
import ServiceLifecycle
import Synchronization

/// Listens to the fleet's heartbeats.
package final class Membership: Service {
    private struct State {
        var machine = MembershipMachine()
        var workers: Set<String> = []
        var observers: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let broker: any MessageBroker
    private let logger: Logger
    private let uptime: @Sendable () -> Int64

    /// - Parameter uptime: milliseconds on a clock that never goes back.
    package init(
        broker: any MessageBroker, logger: Logger, uptime: @escaping @Sendable () -> Int64 = Membership.systemUptime
    ) {
        self.broker = broker
        self.logger = logger
        self.uptime = uptime
    }

    /// The ids of the nodes that are ready and work, this one included when it is.
    package var readyWorkers: Set<String> { state.withLock { $0.workers } }

    /// The newest report of every node that is not silent.
    package var reports: [NodeReport] { state.withLock { $0.machine.reports } }

    /// Calls back after every change of ``readyWorkers``, on any thread.
    package func observe(_ changed: @escaping @Sendable () -> Void) {
        state.withLock { $0.observers.append(changed) }
    }

    package func run() async throws {
        var backoff = Backoff()
        await withDiscardingTaskGroup { group in
            group.addTask {
                while await pause(.milliseconds(500)) { self.tick() }
            }
            while !Task.isCancelled && !Task.isShuttingDownGracefully {
                do {
                    try await broker.ensureFanout(NodeReporter.exchange)
                    let queue = ConsumerQueue.exclusive(boundTo: NodeReporter.exchange, rebound: {})
                    let handle = try await broker.consume(queue, prefetch: 1000) { delivery in
                        self.received(delivery.body)
                        delivery.acknowledge()
                    }
                    await shutdownOrCancellation()
                    await handle.cancel()
                    break
                } catch {
                    logger.debug("waiting for the broker", metadata: ["error": "\(error)"])
                    guard await pause(.milliseconds(backoff.next())) else { break }
                }
            }
            group.cancelAll()
        }
    }

    package func received(_ body: [UInt8]) {
        do {
            let report = try JSONReader.read(JSONValue.parse(body), NodeReport.init(reading:))
            change { $0.received(report, now: uptime()) }
        } catch {
            logger.debug("illegible heartbeat", metadata: ["error": "\(error)"])
        }
    }

    package func tick() {
        let isConnected = broker.isUp
        change { $0.tick(now: uptime(), isConnected: isConnected) }
    }

    private func change(_ body: (inout MembershipMachine) -> Void) {
        let observers = state.withLock { state -> [@Sendable () -> Void] in
            body(&state.machine)
            let workers = state.machine.readyWorkers
            guard workers != state.workers else { return [] }
            state.workers = workers
            return state.observers
        }
        for observer in observers { observer() }
    }

    package static func systemUptime() -> Int64 {
        let elapsed = origin.duration(to: .now).components
        return elapsed.seconds * 1000 + elapsed.attoseconds / 1_000_000_000_000_000
    }

    private static let origin = ContinuousClock.now
}
