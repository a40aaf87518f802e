import DequeModule
package import Domain

/// Decides what of one queue runs when: a lane per conversation, in order, one message at a time; at most
/// ``Limits/running`` lanes at once; a lane in back-off takes no place and holds up no other lane.
///
/// A pure machine: it is told what happened and when, by a clock that never goes back, and answers what to do. A lane
/// exists only while it holds messages. Copies of one message (redelivered after the connection was lost, published
/// twice) share one entry, and are acknowledged together.
///
/// **Bound.** The broker never has more than ``Limits/held`` unacknowledged deliveries out on one connection. If more
/// are held here, then the oldest are left over from an earlier connection, and the broker has taken them back: they
/// are forgotten.
package struct LaneScheduler<Lane: Hashable & Sendable, Handle: Sendable, Job: Sendable>: Sendable {
    package struct Limits: Sendable {
        /// Lanes that run at once.
        package var running: Int
        /// Deliveries held at once: the broker's prefetch.
        package var held: Int
        /// Longest time one attempt may take.
        package var attemptMilliseconds: Int64

        package init(running: Int, held: Int, attemptMilliseconds: Int64) {
            self.running = max(1, running)
            self.held = max(1, held)
            self.attemptMilliseconds = max(1, attemptMilliseconds)
        }
    }

    /// Before a message is tried again whose predecessor is not here.
    package static var predecessorMilliseconds: Int64 { 100 }

    struct Copy: Sendable {
        var arrival: UInt64
        var handle: Handle
    }

    struct Entry: Sendable {
        var id: MessageID?
        var copies: [Copy]
        var job: Job?
        var started = false
        var failures = 0
        var waits = 0
        var burial: Burial?
    }

    enum Phase: Sendable, Equatable {
        case ready
        case running(serial: UInt64)
        case waiting(until: Int64, order: UInt64)
        /// The same, but any arrival in the lane may be the one that is missing.
        case missingPredecessor(until: Int64, order: UInt64)
    }

    struct LaneState: Sendable {
        var entries: Deque<Entry>
        var phase: Phase
        /// How many entries in a row stepped behind the others because their predecessor is open.
        var passed = 0
    }

    enum Mode: Sendable { case open, pausing, closed }

    let limits: Limits
    let policy: RetryPolicy
    var lanes: [Lane: LaneState] = [:]
    /// Lanes in phase ready, first come first served; may name lanes that are in another phase by now.
    private var ready: Deque<Lane> = []
    /// By time; may name lanes that are in another phase by now.
    private var waiting: [(until: Int64, order: UInt64, lane: Lane)] = []
    /// Attempts in the order of their deadlines; may name attempts that have ended.
    private var deadlines: Deque<(at: Int64, serial: UInt64, lane: Lane)> = []
    private var mode = Mode.open
    private var counter: UInt64 = 0
    /// Lanes whose head is being tried now.
    package private(set) var running = 0
    /// Deliveries held, copies included.
    package private(set) var held = 0

    package init(limits: Limits, policy: RetryPolicy) {
        self.limits = limits
        self.policy = policy
    }

    /// The newest delivery of the message at the head of a lane.
    package func handle(of lane: Lane) -> Handle? { lanes[lane]?.entries.first?.copies.last?.handle }

    /// Closed, and nothing runs any more.
    package var isOver: Bool { mode == .closed && running == 0 }

    private mutating func number() -> UInt64 {
        counter += 1
        return counter
    }
}

// MARK: Arrivals

extension LaneScheduler {
    /// A delivery came. `poison`: why it can never be handled.
    ///
    /// - Returns: deliveries to give back: this one while closing; otherwise those which the broker has long taken back.
    package mutating func arrived(
        _ handle: Handle, lane: Lane, id: MessageID? = nil, job: Job?, poison: String? = nil
    ) -> [Handle] {
        guard mode != .closed else { return [handle] }
        held += 1
        let copy = Copy(arrival: number(), handle: handle)
        let burial = poison.map { Burial(error: $0, attempts: 0) }
        let entry = Entry(id: id, copies: [copy], job: job, burial: burial)
        guard let phase = lanes[lane]?.phase else {
            lanes[lane] = LaneState(entries: [entry], phase: .ready)
            ready.append(lane)
            return forgetSurplus()
        }
        if let id, let index = lanes[lane]?.entries.firstIndex(where: { $0.id == id }) {
            lanes[lane]?.entries[index].copies.append(copy)
            return forgetSurplus()
        }
        lanes[lane]?.entries.append(entry)
        if case .missingPredecessor = phase {
            lanes[lane]?.phase = .ready
            // Bring the newcomer to the front of the turn: those before it have just been tried.
            lanes[lane]?.passed = 0
            ready.append(lane)
        }
        return forgetSurplus()
    }

    private mutating func forgetSurplus() -> [Handle] {
        var forgotten: [Handle] = []
        while held > limits.held, let handle = forgetOldest() { forgotten.append(handle) }
        return forgotten
    }

    /// Forgets the oldest delivery that is not the last hold on something that runs; those whose work has begun last.
    private mutating func forgetOldest() -> Handle? {
        var best: (lane: Lane, index: Int, arrival: UInt64, started: Bool)?
        for (lane, state) in lanes {
            var isRunning = false
            if case .running = state.phase { isRunning = true }
            for (index, entry) in state.entries.enumerated() {
                guard let oldest = entry.copies.first else { continue }
                if isRunning, index == 0, entry.copies.count == 1 { continue }
                // With a newer copy at hand nothing is lost, whatever has begun.
                let started = entry.started && entry.copies.count == 1
                if let best, (best.started ? 1 : 0, best.arrival) < (started ? 1 : 0, oldest.arrival) { continue }
                best = (lane, index, oldest.arrival, started)
            }
        }
        guard let best, let copy = lanes[best.lane]?.entries[best.index].copies.removeFirst() else { return nil }
        held -= 1
        if lanes[best.lane]?.entries[best.index].copies.isEmpty == true {
            lanes[best.lane]?.entries.remove(at: best.index)
            if lanes[best.lane]?.entries.isEmpty == true { lanes[best.lane] = nil }
        }
        return copy.handle
    }
}

// MARK: Attempts

extension LaneScheduler {
    /// The next attempt that may begin now; to be asked after every event until it gives nil.
    package mutating func next(now: Int64) -> LaneStart<Lane, Job>? {
        wake(now: now)
        guard mode == .open, running < limits.running else { return nil }
        while let lane = ready.popFirst() {
            guard lanes[lane]?.phase == .ready, let head = lanes[lane]?.entries.first else { continue }
            let serial = number()
            lanes[lane]?.phase = .running(serial: serial)
            lanes[lane]?.entries[0].started = true
            running += 1
            deadlines.append((now + limits.attemptMilliseconds, serial, lane))
            return LaneStart(
                lane: lane, serial: serial, job: head.job, attempt: head.failures + 1, burial: head.burial)
        }
        return nil
    }

    private mutating func wake(now: Int64) {
        while let first = waiting.first, first.until <= now || !isWaiting(first) {
            waiting.removeFirst()
            guard isWaiting(first) else { continue }
            lanes[first.lane]?.phase = .ready
            ready.append(first.lane)
        }
    }

    private func isWaiting(_ item: (until: Int64, order: UInt64, lane: Lane)) -> Bool {
        switch lanes[item.lane]?.phase {
        case .waiting(_, item.order), .missingPredecessor(_, item.order): true
        default: false
        }
    }

    /// Attempts that have run too long, once each: to be cancelled. They go on running until ``ended``.
    package mutating func overdue(now: Int64) -> [UInt64] {
        var serials: [UInt64] = []
        while let first = deadlines.first, first.at <= now {
            deadlines.removeFirst()
            if lanes[first.lane]?.phase == .running(serial: first.serial) { serials.append(first.serial) }
        }
        return serials
    }

    /// An attempt ended. `job` and `burial` as it left them.
    ///
    /// - Parameter unit: a random number in 0..<1.
    package mutating func ended(
        _ lane: Lane, job: Job?, burial: Burial? = nil, end: AttemptEnd, now: Int64, unit: Double
    ) -> LaneVerdict<Handle> {
        guard case .running? = lanes[lane]?.phase, var head = lanes[lane]?.entries.first else {
            preconditionFailure("an attempt ended that was never begun")
        }
        running -= 1
        head.job = job
        head.burial = burial
        if case .done = end { return .acknowledge(retire(lane)) }
        guard mode == .open else {
            // Closed: nobody would try it again here. Pausing: closing follows and gives it back.
            if mode == .closed { return .giveBack(retire(lane)) }
            lanes[lane]?.entries[0] = head
            lanes[lane]?.phase = .ready
            return .keep
        }
        var verdict = LaneVerdict<Handle>.keep
        switch end {
        case .done: break
        case .failed(let error, let asked):
            head.failures += 1
            head.waits = 0
            if head.burial == nil, head.failures > policy.maxRetries {
                verdict = condemn(&head, error)
                makeReady(lane)
            } else {
                let delay =
                    asked.map { min(max(0, $0), RetryPolicy.longestAskedFor) }
                    ?? policy.delay(afterFailures: head.failures, unit: unit)
                wait(lane, until: now + delay)
            }
        case .unavailable:
            head.waits += 1
            wait(lane, until: now + policy.wait(number: head.waits, unit: unit))
        case .hold(let milliseconds):
            wait(lane, until: now + max(1, milliseconds))
        case .poison(let error):
            head.failures += 1
            verdict = condemn(&head, error)
            makeReady(lane)
        case .predecessorOpen:
            stepBehind(lane, head, now: now)
            return .keep
        }
        lanes[lane]?.entries[0] = head
        return verdict
    }

    private func condemn(_ entry: inout Entry, _ error: String) -> LaneVerdict<Handle> {
        let burial = Burial(error: error, attempts: entry.failures)
        entry.burial = burial
        return .condemned(burial)
    }

    /// Its predecessor may stand behind it in this very lane: it lets the others go first, and keeps its order to those
    /// that do the same. When all have been tried in vain, the lane waits for whoever is working on it elsewhere.
    private mutating func stepBehind(_ lane: Lane, _ head: Entry, now: Int64) {
        lanes[lane]?.entries.removeFirst()
        lanes[lane]?.entries.append(head)
        let passed = (lanes[lane]?.passed ?? 0) + 1
        guard passed >= lanes[lane]?.entries.count ?? 0 else {
            lanes[lane]?.passed = passed
            makeReady(lane)
            return
        }
        lanes[lane]?.passed = 0
        let (until, order) = (now + Self.predecessorMilliseconds, number())
        lanes[lane]?.phase = .missingPredecessor(until: until, order: order)
        insert((until, order, lane))
    }

    private mutating func makeReady(_ lane: Lane) {
        lanes[lane]?.phase = .ready
        ready.append(lane)
    }

    private mutating func wait(_ lane: Lane, until: Int64) {
        let order = number()
        lanes[lane]?.phase = .waiting(until: until, order: order)
        insert((until, order, lane))
    }

    private mutating func insert(_ item: (until: Int64, order: UInt64, lane: Lane)) {
        var (low, high) = (0, waiting.count)
        while low < high {
            let middle = (low + high) / 2
            if waiting[middle].until <= item.until { low = middle + 1 } else { high = middle }
        }
        waiting.insert(item, at: low)
    }

    /// Takes the head of a lane out; the lane goes on with what is behind it.
    private mutating func retire(_ lane: Lane) -> [Handle] {
        guard let entry = lanes[lane]?.entries.popFirst() else { return [] }
        held -= entry.copies.count
        if lanes[lane]?.entries.isEmpty == true {
            lanes[lane] = nil
        } else {
            lanes[lane]?.passed = 0
            makeReady(lane)
        }
        return entry.copies.map(\.handle)
    }
}

// MARK: Time and closing

extension LaneScheduler {
    /// When something is due next: a lane's back-off ends, or an attempt has run too long. nil: nothing is.
    package mutating func nextWake() -> Int64? {
        while let first = waiting.first, !isWaiting(first) { waiting.removeFirst() }
        while let first = deadlines.first, lanes[first.lane]?.phase != .running(serial: first.serial) {
            deadlines.removeFirst()
        }
        let back = mode == .open ? waiting.first?.until : nil
        guard let back, let deadline = deadlines.first?.at else { return back ?? deadlines.first?.at }
        return min(back, deadline)
    }

    /// Begins no new attempts; what arrives is still held. The first step of closing.
    ///
    /// - Returns: the jobs nobody has begun, oldest first.
    package mutating func pause() -> [Job] {
        if mode == .open { mode = .pausing }
        return lanes.values.flatMap(\.entries).filter { !$0.started && $0.burial == nil }
            .compactMap { entry in entry.job.map { (entry.copies.first?.arrival ?? 0, $0) } }
            .sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// Closes: what runs may end, everything else goes back, in the order of arrival; later arrivals at once.
    package mutating func close() -> [Handle] {
        mode = .closed
        var copies: [Copy] = []
        for (lane, state) in lanes {
            var kept: Deque<Entry> = []
            if case .running = state.phase, let head = state.entries.first { kept = [head] }
            copies += state.entries.dropFirst(kept.count).flatMap(\.copies)
            if kept.isEmpty { lanes[lane] = nil } else { lanes[lane]?.entries = kept }
        }
        held -= copies.count
        ready.removeAll()
        waiting.removeAll()
        return copies.sorted { $0.arrival < $1.arrival }.map(\.handle)
    }
}
