import CoreMetrics
package import Domain
package import Logging
import Synchronization

/// Consumes one queue: the thin shell around ``LaneScheduler``.
///
/// One loop owns the machine and takes events from a mailbox; each attempt is a child task of it, so that nothing
/// outlives ``run()``. One timer serves all back-offs and time-outs of the queue.
package final class LaneRunner<Handler: LaneHandler>: Sendable {
    package struct Settings: Sendable {
        /// The broker's name of the queue.
        package var queue: String
        package var deadQueue: String
        /// Lanes that run at once.
        package var running: Int
        /// Deliveries that may wait besides, so that lanes in back-off hold up no other.
        package var allowance: Int
        /// Longest time of one attempt.
        package var attemptMilliseconds: Int64
        /// How long what runs may take to end after ``stop()``; then it is cancelled.
        package var drainMilliseconds: Int64
        package var retries: RetryPolicy

        package init(
            queue: String, deadQueue: String, running: Int, allowance: Int = 64, attemptMilliseconds: Int64 = 300_000,
            drainMilliseconds: Int64 = 25_000, retries: RetryPolicy = RetryPolicy()
        ) {
            self.queue = queue
            self.deadQueue = deadQueue
            self.running = running
            self.allowance = allowance
            self.attemptMilliseconds = attemptMilliseconds
            self.drainMilliseconds = drainMilliseconds
            self.retries = retries
        }

        package var prefetch: Int { running + allowance }
    }

    typealias Machine = LaneScheduler<LaneKey, any Delivery, Handler.Job>

    enum Event: Sendable {
        case delivery(any Delivery)
        case subscribed((any ConsumerHandle)?)
        case ended(LaneKey, UInt64, Handler.Job?, Burial?, AttemptEnd)
        case tick
        case stop
        case unsubscribed
        case drainOver
        case cancelled
    }

    /// What the loop keeps; touched by the loop alone.
    struct Loop {
        var machine: Machine
        var wires: [UInt64: Tripwire] = [:]
        var timer: (at: Int64, fire: any ScheduledFire)?
        var drainTimer: (any ScheduledFire)?
        var consumer: (any ConsumerHandle)?
        var hasSubscribed = false
        var isStopping = false
        var isLeaving = false
        var arrivals: UInt64 = 0
        /// What is counted of it now.
        var share = LaneMeters.Share()
    }

    let settings: Settings
    let handler: Handler
    let broker: any MessageBroker
    let timekeeper: any Timekeeper
    let graveyard: Graveyard
    let metrics: WorkerMetrics
    let meters: LaneMeters?
    let inFlight: InFlight
    let logger: Logger
    let mailbox = Mailbox<Event>()
    let subscription = Tripwire()
    private let idle = Mutex(false)

    package init(
        settings: Settings, handler: Handler, broker: any MessageBroker, timekeeper: any Timekeeper,
        graveyard: Graveyard, metrics: WorkerMetrics, inFlight: InFlight, logger: Logger
    ) {
        self.settings = settings
        self.handler = handler
        self.broker = broker
        self.timekeeper = timekeeper
        self.graveyard = graveyard
        self.metrics = metrics
        meters = metrics.lanes(of: settings.queue)
        self.inFlight = inFlight
        self.logger = logger
    }

    /// Whether it consumes and holds no delivery.
    package var isIdle: Bool { idle.withLock { $0 } }

    /// Stops consuming: takes nothing new, gives back what has not begun, lets what runs end within the bound. Returns
    /// at once; ``run()`` returns when it is done.
    package func stop() { mailbox.post(.stop) }

    /// Consumes until ``stop()``, or until its task is cancelled.
    package func run() async {
        let limits = Machine.Limits(
            running: settings.running, held: settings.prefetch, attemptMilliseconds: settings.attemptMilliseconds)
        var loop = Loop(machine: Machine(limits: limits, policy: settings.retries))
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.subscribe() }
                while !(loop.machine.isOver && loop.hasSubscribed && !loop.isLeaving) {
                    for event in await mailbox.next() { take(event, &loop, &group) }
                    let now = timekeeper.uptime()
                    for serial in loop.machine.overdue(now: now) { loop.wires[serial]?.trip() }
                    while let start = loop.machine.next(now: now) { begin(start, &loop, &group) }
                    arm(&loop, now: now)
                    show(&loop)
                    let isIdle = loop.consumer != nil && !loop.isStopping && loop.machine.held == 0
                    idle.withLock { $0 = isIdle }
                }
            }
        } onCancel: {
            mailbox.post(.cancelled)
        }
        loop.timer?.fire.cancel()
        loop.drainTimer?.cancel()
        meters?.change(from: loop.share, to: LaneMeters.Share())
        // Whatever came between the last look and now; the consumer is gone.
        for case .delivery(let delivery) in mailbox.take() ?? [] { delivery.requeue() }
    }

    private func show(_ loop: inout Loop) {
        guard let meters else { return }
        let share = LaneMeters.Share(
            consumers: loop.consumer != nil && !loop.isStopping ? 1 : 0, lanes: loop.machine.lanes.count,
            waiting: loop.machine.held - loop.machine.running, running: loop.machine.running)
        guard share != loop.share else { return }
        meters.change(from: loop.share, to: share)
        loop.share = share
    }

    private func take(_ event: Event, _ loop: inout Loop, _ group: inout DiscardingTaskGroup) {
        switch event {
        case .delivery(let delivery): admit(delivery, &loop)
        case .subscribed(let consumer):
            loop.hasSubscribed = true
            loop.consumer = consumer
            if loop.isStopping { leave(&loop, &group) }
        case .ended(let lane, let serial, let job, let burial, let end):
            conclude(lane, serial, job, burial, end, &loop)
        case .tick: loop.timer = nil
        case .stop, .cancelled:
            if case .cancelled = event { for wire in loop.wires.values { wire.trip() } }
            guard !loop.isStopping else { break }
            loop.isStopping = true
            subscription.trip()
            loop.drainTimer = timekeeper.schedule(afterMilliseconds: settings.drainMilliseconds) { [mailbox] in
                mailbox.post(.drainOver)
            }
            if loop.hasSubscribed { leave(&loop, &group) }
        case .unsubscribed:
            loop.isLeaving = false
            for delivery in loop.machine.close() { delivery.requeue() }
        case .drainOver:
            for wire in loop.wires.values { wire.trip() }
        }
    }

    /// The single timer, for the earliest of everything that is due.
    private func arm(_ loop: inout Loop, now: Int64) {
        guard let at = loop.machine.nextWake() else { return }
        if let timer = loop.timer {
            // One that fires too early only makes us look again.
            if timer.at <= at { return }
            timer.fire.cancel()
        }
        loop.timer = (
            at, timekeeper.schedule(afterMilliseconds: at - now) { [mailbox] in mailbox.post(.tick) }
        )
    }
}

// MARK: Consuming

extension LaneRunner {
    private func subscribe() async {
        let subscriber = Subscriber(broker: broker, timekeeper: timekeeper, logger: logger)
        let consumer = await subscription.guarding { [settings, mailbox] in
            await subscriber.consume(
                .durable(settings.queue, singleActiveConsumer: true), prefetch: settings.prefetch
            ) { mailbox.post(.delivery($0)) }
        }
        mailbox.post(.subscribed(consumer))
    }

    /// Hands the queue over: what has not begun gets its place in the store, so that the next owner keeps the order;
    /// then the consumer ends; then the deliveries go back.
    private func leave(_ loop: inout Loop, _ group: inout DiscardingTaskGroup) {
        let jobs = loop.machine.pause()
        loop.isLeaving = true
        group.addTask { [consumer = loop.consumer] in
            if !jobs.isEmpty {
                _ = await self.timekeeper.bounded(milliseconds: 2000) { await self.handler.handOver(jobs) }
            }
            if let consumer {
                _ = await self.timekeeper.bounded(milliseconds: 5000) { await consumer.cancel() }
            }
            self.mailbox.post(.unsubscribed)
        }
    }

    private func admit(_ delivery: any Delivery, _ loop: inout Loop) {
        loop.arrivals += 1
        let forgotten: [any Delivery]
        switch handler.admit(delivery) {
        case .job(let job, let id, let lane):
            forgotten = loop.machine.arrived(delivery, lane: .conversation(lane), id: id, job: job)
        case .malformed(let why):
            logger.error("malformed message", metadata: ["queue": "\(settings.queue)", "error": "\(why)"])
            forgotten = loop.machine.arrived(delivery, lane: .alone(loop.arrivals), job: nil, poison: why)
        }
        for delivery in forgotten { delivery.requeue() }
    }
}

// MARK: Attempts

extension LaneRunner {
    private func begin(
        _ start: LaneStart<LaneKey, Handler.Job>, _ loop: inout Loop, _ group: inout DiscardingTaskGroup
    ) {
        let wire = Tripwire()
        loop.wires[start.serial] = wire
        inFlight.begin()
        let delivery = loop.machine.handle(of: start.lane)
        group.addTask {
            let (job, burial, end) = await wire.guarding {
                var job = start.job
                var burial = start.burial
                let end: AttemptEnd
                if burial != nil, let delivery {
                    end = await self.bury(delivery, job, &burial)
                } else if var known = job {
                    end = await self.handler.attempt(&known, number: start.attempt)
                    job = known
                } else {
                    end = .done
                }
                return (job, burial, end)
            }
            self.inFlight.end()
            var verdict = end
            if wire.isTripped, burial == nil, let job { verdict = self.handler.timedOut(job, end: end) }
            self.mailbox.post(.ended(start.lane, start.serial, job, burial, verdict))
        }
    }

    private func conclude(
        _ lane: LaneKey, _ serial: UInt64, _ job: Handler.Job?, _ burial: Burial?, _ end: AttemptEnd,
        _ loop: inout Loop
    ) {
        loop.wires[serial] = nil
        note(end, lane)
        let verdict = loop.machine.ended(
            lane, job: job, burial: burial, end: end, now: timekeeper.uptime(), unit: .random(in: 0..<1))
        switch verdict {
        case .acknowledge(let deliveries):
            for delivery in deliveries { delivery.acknowledge() }
        case .giveBack(let deliveries):
            for delivery in deliveries { delivery.requeue() }
        case .keep: break
        case .condemned(let burial):
            logger.error(
                "message failed for good",
                metadata: [
                    "queue": "\(settings.queue)", "error": "\(burial.error)", "attempts": "\(burial.attempts)",
                ])
        }
    }

    private func note(_ end: AttemptEnd, _ lane: LaneKey) {
        switch end {
        case .failed(let error, _):
            metrics.failed.increment()
            logger.warning("attempt failed", metadata: ["queue": "\(settings.queue)", "error": "\(error)"])
        case .unavailable(let why):
            metrics.waited.increment()
            logger.debug("waiting", metadata: ["queue": "\(settings.queue)", "error": "\(why)"])
        default: break
        }
    }

    /// Publishes to the dead queue, then notes it in the store; each until it is done.
    private func bury(_ delivery: any Delivery, _ job: Handler.Job?, _ burial: inout Burial?) async -> AttemptEnd {
        guard var current = burial else { return .done }
        defer { burial = current }
        do {
            if !current.isPublished {
                try await graveyard.bury(delivery, burial: current, in: settings.deadQueue)
                current.isPublished = true
                metrics.buried.increment()
            }
            guard let job else { return .done }
            try await handler.buried(job, burial: current)
            return .done
        } catch {
            let end = Fault.end(error)
            if case .unavailable = end { return end }
            logger.error(
                "cannot bury",
                metadata: [
                    "queue": "\(settings.queue)", "published": "\(current.isPublished)",
                    "error": "\(Graveyard.printable("\(error)"))",
                ])
            // In the dead queue it is safe; before that it must wait for a broker that takes it.
            return current.isPublished ? .done : .unavailable("dead queue: \(end)")
        }
    }
}
