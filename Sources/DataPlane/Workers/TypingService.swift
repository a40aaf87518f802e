package import Channels
package import Domain
package import Logging
import Orchestrator
import Synchronization

/// Shows typing off the critical path: a bounded queue, a few calls at once. What does not fit is not shown.
package final class TypingService: TypingIndicator {
    static let waitingLimit = 256
    static let concurrency = 16
    /// Longest time of one call; later than that, nobody waits for a sign of life.
    static let timeoutMilliseconds: Int64 = 5000

    private enum Event: Sendable {
        case show(NormalizedMessage)
        case ended
        case stop
    }

    private let routing: Routing
    private let transport: any HTTPTransport
    private let gates: ChannelGates
    private let timekeeper: any Timekeeper
    private let logger: Logger
    private let mailbox = Mailbox<Event>()
    private let waiting = Mutex(0)

    package init(
        routing: Routing, transport: any HTTPTransport, gates: ChannelGates, timekeeper: any Timekeeper, logger: Logger
    ) {
        self.routing = routing
        self.transport = transport
        self.gates = gates
        self.timekeeper = timekeeper
        self.logger = logger
    }

    package func show(answering inbound: NormalizedMessage) {
        let fits = waiting.withLock { waiting in
            guard waiting < Self.waitingLimit else { return false }
            waiting += 1
            return true
        }
        if fits { mailbox.post(.show(inbound)) }
    }

    /// Until its task is cancelled.
    package func run() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                var queue: [NormalizedMessage] = []
                var running = 0
                while true {
                    for event in await mailbox.next() {
                        switch event {
                        case .show(let inbound): queue.append(inbound)
                        case .ended: running -= 1
                        case .stop: return
                        }
                    }
                    while running < Self.concurrency, !queue.isEmpty {
                        let inbound = queue.removeFirst()
                        running += 1
                        group.addTask {
                            await self.call(inbound)
                            self.waiting.withLock { $0 -= 1 }
                            self.mailbox.post(.ended)
                        }
                    }
                }
            }
        } onCancel: {
            mailbox.post(.stop)
        }
    }

    private func call(_ inbound: NormalizedMessage) async {
        guard let channel = routing.current.channel(inbound.channelID), channel.isUsable,
            gates.pause(inbound.channelID) == nil
        else { return }
        let problem = await timekeeper.bounded(milliseconds: Self.timeoutMilliseconds) { [transport] in
            await channel.adapter.showTyping(answering: inbound, through: transport)
        }
        if let problem, let problem {
            logger.debug("typing was not shown", metadata: ["channel": "\(inbound.channelID)", "error": "\(problem)"])
        }
    }
}
