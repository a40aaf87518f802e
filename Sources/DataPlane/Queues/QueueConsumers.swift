package import Domain
package import Logging
import Synchronization

/// Something that consumes one queue until it is stopped.
package protocol QueueRunner: Sendable {
    func run() async
    /// Returns at once; `run` returns when all is done.
    func stop()
    /// Whether it consumes and holds no delivery.
    var isIdle: Bool { get }
}

extension LaneRunner: QueueRunner {}

/// Consumes this node's share of the queues: the thin shell around ``QueueAssignment``. Every runner is a child task.
package final class QueueConsumers: Sendable {
    private enum Event: Sendable {
        case changed
        case tick
        case ended(QueueName, UInt64)
        case withhold(QueueName)
        case restore(QueueName)
        case drain
    }

    private struct Loop {
        var assignment: QueueAssignment
        var runners: [QueueName: (number: UInt64, runner: any QueueRunner)] = [:]
        /// Stopped ones that still finish their work.
        var leaving = 0
        var started: UInt64 = 0
        var isDraining = false
        var lastWorkers: Set<String> = []
        var isDirty = true
    }

    private let ownID: String
    private let directory: QueueDirectory
    private let membership: any WorkerMembership
    private let timekeeper: any Timekeeper
    private let logger: Logger
    private let makeRunner: @Sendable (QueueName) -> any QueueRunner
    private let mailbox = Mailbox<Event>()
    /// Every runner that has not ended.
    private let alive = Mutex<[QueueName: (number: UInt64, runner: any QueueRunner)]>([:])

    /// Looks for changes without being told, in milliseconds.
    static let lookMilliseconds: Int64 = 500

    package init(
        ownID: String, directory: QueueDirectory, membership: any WorkerMembership, timekeeper: any Timekeeper,
        logger: Logger, makeRunner: @escaping @Sendable (QueueName) -> any QueueRunner
    ) {
        self.ownID = ownID
        self.directory = directory
        self.membership = membership
        self.timekeeper = timekeeper
        self.logger = logger
        self.makeRunner = makeRunner
    }

    /// Stops all consumers; ``run()`` returns when they have finished.
    package func drain() { mailbox.post(.drain) }

    /// The queues that this node consumes and of which it holds no delivery now.
    package var idleQueues: Set<QueueName> {
        Set(alive.withLock { $0 }.filter { $0.value.runner.isIdle }.keys)
    }

    /// Stops consuming a queue until ``restore(_:)``.
    ///
    /// - Returns: false when it is still consumed after 10 s.
    /// - Throws: `CancellationError`.
    package func withhold(_ queue: QueueName) async throws -> Bool {
        mailbox.post(.withhold(queue))
        for _ in 0..<200 {
            if alive.withLock({ $0[queue] == nil }) { return true }
            try await timekeeper.sleep(milliseconds: 50)
        }
        return false
    }

    /// The queue is consumed again, if it is still there and this node's share.
    package func restore(_ queue: QueueName) { mailbox.post(.restore(queue)) }

    /// Until ``drain()`` or the end of its task.
    package func run() async {
        directory.observe { [mailbox] in mailbox.post(.changed) }
        membership.observe { [mailbox] in mailbox.post(.changed) }
        var loop = Loop(assignment: QueueAssignment(ownID: ownID))
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                var timer = look()
                mailbox.post(.changed)
                while !(loop.isDraining && loop.runners.isEmpty && loop.leaving == 0) {
                    for event in await mailbox.next() {
                        switch event {
                        case .changed: loop.isDirty = true
                        case .tick:
                            timer = look()
                            if membership.readyWorkers != loop.lastWorkers { loop.isDirty = true }
                        case .ended(let queue, let number): ended(queue, number, &loop)
                        case .withhold(let queue): apply(loop.assignment.withhold(queue), &loop, &group)
                        case .restore(let queue):
                            loop.assignment.restore(queue)
                            loop.isDirty = true
                        case .drain:
                            loop.isDraining = true
                            apply(loop.assignment.drain(), &loop, &group)
                        }
                    }
                    if loop.isDirty, !loop.isDraining { assign(&loop, &group) }
                }
                timer.cancel()
            }
        } onCancel: {
            mailbox.post(.drain)
        }
    }

    private func look() -> any ScheduledFire {
        timekeeper.schedule(afterMilliseconds: Self.lookMilliseconds) { [mailbox] in mailbox.post(.tick) }
    }

    private func assign(_ loop: inout Loop, _ group: inout DiscardingTaskGroup) {
        loop.isDirty = false
        loop.lastWorkers = membership.readyWorkers
        let change = loop.assignment.update(queues: directory.queues, workers: loop.lastWorkers)
        guard !change.isEmpty else { return }
        logger.info(
            "share of the queues",
            metadata: [
                "consuming": "\(loop.assignment.consuming.count)", "started": "\(change.start.count)",
                "stopped": "\(change.stop.count)", "workers": "\(loop.lastWorkers.count)",
            ])
        apply(change, &loop, &group)
    }

    private func apply(_ change: QueueAssignment.Change, _ loop: inout Loop, _ group: inout DiscardingTaskGroup) {
        for queue in change.stop {
            guard let (_, runner) = loop.runners.removeValue(forKey: queue) else { continue }
            loop.leaving += 1
            runner.stop()
        }
        for queue in change.start {
            loop.started += 1
            let (number, runner) = (loop.started, makeRunner(queue))
            loop.runners[queue] = (number, runner)
            alive.withLock { $0[queue] = (number, runner) }
            group.addTask { [mailbox] in
                await runner.run()
                mailbox.post(.ended(queue, number))
            }
        }
    }

    private func ended(_ queue: QueueName, _ number: UInt64, _ loop: inout Loop) {
        if loop.runners[queue]?.number == number {
            // By cancellation alone; nobody else ends a runner that was not stopped.
            loop.runners[queue] = nil
        } else {
            loop.leaving -= 1
        }
        alive.withLock { if $0[queue]?.number == number { $0[queue] = nil } }
    }
}
