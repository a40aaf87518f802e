import DequeModule

/// Who gets which connection of a pool, when connections are made and dropped, and whether the database is up.
///
/// Pure: time and chance are passed in; every event returns what is to be done.
struct PoolMachine {
    typealias ConnectionID = Int
    typealias WaiterID = UInt64
    typealias Instant = ContinuousClock.Instant

    enum Use {
        /// One batch, which may share a connection with other batches.
        case shared
        /// A connection for its user alone.
        case exclusive
    }

    enum Refusal: Equatable {
        case queueFull
        case timedOut
        case closed
        /// The database cannot be reached.
        case down(DatabaseError)
    }

    enum Action: Equatable {
        case connect(ConnectionID)
        case close(ConnectionID)
        case grant(WaiterID, ConnectionID)
        case refuse(WaiterID, Refusal)
        case up
        case down(DatabaseError)
        /// Closed, and the last connection is gone.
        case finished
    }

    struct Limits {
        /// Most connections.
        var size = 8
        /// Connections kept although nobody needs them.
        var minimum = 1
        /// Most callers that wait.
        var queue = 4096
        /// Most batches that share a connection.
        var depth = 32
        var acquireTimeout: Duration = .seconds(5)
        /// How long a connection above the minimum is kept idle.
        var idleTimeout: Duration = .seconds(30)
        var backoffBase: Duration = .milliseconds(50)
        var backoffCap: Duration = .seconds(2)
    }

    private enum Phase { case new, running, closing, finished }

    private enum Connection {
        case connecting
        case idle
        case shared(Int)
        case exclusive

        var isLive: Bool { if case .connecting = self { false } else { true } }
        var isBusy: Bool {
            switch self {
            case .connecting, .idle: false
            case .shared, .exclusive: true
            }
        }
    }

    private struct Waiter {
        var id: WaiterID
        var use: Use
        var deadline: Instant
    }

    private let limits: Limits
    private var phase = Phase.new
    private var connections: [ConnectionID: Connection] = [:]
    /// Longest idle first.
    private var idle: [(id: ConnectionID, since: Instant)] = []
    private var waiters: Deque<Waiter> = []
    private var nextID = 0
    private var failures = 0
    private var retryAt: Instant?
    private(set) var isUp = false
    private(set) var lastError: DatabaseError?

    init(_ limits: Limits) { self.limits = limits }

    var isClosed: Bool { phase == .closing || phase == .finished }
    var liveCount: Int { connections.values.count(where: \.isLive) }
    var busyCount: Int { connections.values.count(where: \.isBusy) }
    var waiterCount: Int { waiters.count }
    private var connectingCount: Int { connections.count - liveCount }

    mutating func start(now: Instant) -> [Action] {
        guard phase == .new else { return [] }
        phase = .running
        return settle(now)
    }

    mutating func acquire(_ id: WaiterID, _ use: Use, now: Instant) -> [Action] {
        switch phase {
        case .closing, .finished: return [.refuse(id, .closed)]
        case .new, .running: break
        }
        if !isUp, let lastError { return [.refuse(id, .down(lastError))] }
        guard waiters.count < limits.queue else { return [.refuse(id, .queueFull)] }
        waiters.append(Waiter(id: id, use: use, deadline: now + limits.acquireTimeout))
        return settle(now)
    }

    /// The caller does not wait any more; true where it still did.
    mutating func withdraw(_ id: WaiterID) -> Bool {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return false }
        waiters.remove(at: index)
        return true
    }

    mutating func release(_ id: ConnectionID, now: Instant) -> [Action] {
        switch connections[id] {
        case .shared(let count) where count > 1:
            connections[id] = .shared(count - 1)
            return settle(now)
        case .shared, .exclusive: return rest(id, now)
        // Lost while it was in use.
        case .connecting, .idle, nil: return []
        }
    }

    mutating func connected(_ id: ConnectionID, now: Instant) -> [Action] {
        guard connections[id] != nil else { return [.close(id)] }
        failures = 0
        retryAt = nil
        lastError = nil
        let wasUp = isUp
        isUp = true
        return (wasUp ? [] : [.up]) + rest(id, now)
    }

    /// A connection is gone, or did not come about.
    ///
    /// - Parameter jitter: A random number in 0...1.
    mutating func lost(_ id: ConnectionID, _ error: DatabaseError?, now: Instant, jitter: Double) -> [Action] {
        guard let connection = connections.removeValue(forKey: id) else { return [] }
        idle.removeAll { $0.id == id }
        if phase == .closing || phase == .finished { return finishIfEmpty() }
        guard !connection.isLive, let error else { return settle(now) }
        failures += 1
        let full = min(limits.backoffCap, limits.backoffBase * (1 << min(failures - 1, 16)))
        retryAt = now + full * (0.5 + 0.5 * min(max(jitter, 0), 1))
        guard connections.isEmpty else { return settle(now) }
        lastError = error
        let wasUp = isUp
        isUp = false
        let refused = waiters.map { Action.refuse($0.id, .down(error)) }
        waiters.removeAll()
        return (wasUp || failures == 1 ? [.down(error)] : []) + refused
    }

    /// Time has passed.
    mutating func tick(now: Instant) -> [Action] {
        var actions: [Action] = []
        while let first = waiters.first, first.deadline <= now {
            waiters.removeFirst()
            actions.append(.refuse(first.id, .timedOut))
        }
        while let first = idle.first, connections.count > limits.minimum, first.since + limits.idleTimeout <= now {
            idle.removeFirst()
            connections[first.id] = nil
            actions.append(.close(first.id))
        }
        return actions + settle(now)
    }

    /// When ``tick(now:)`` will next have something to do.
    var nextDeadline: Instant? {
        guard phase == .running else { return nil }
        let retry = missing > 0 ? retryAt : nil
        let reap = connections.count > limits.minimum ? idle.first.map { $0.since + limits.idleTimeout } : nil
        return [waiters.first?.deadline, retry, reap].compactMap(\.self).min()
    }

    /// Refuses what comes and what waits; connections are closed as their users leave them.
    mutating func close() -> [Action] {
        guard phase == .new || phase == .running else { return [] }
        phase = .closing
        isUp = false
        var actions = waiters.map { Action.refuse($0.id, .closed) }
        waiters.removeAll()
        for (id, connection) in connections {
            switch connection {
            case .connecting, .idle: actions.append(.close(id))
            case .shared, .exclusive: break
            }
        }
        idle.removeAll()
        return actions + finishIfEmpty()
    }
}

extension PoolMachine {
    private mutating func finishIfEmpty() -> [Action] {
        guard phase == .closing, connections.isEmpty else { return [] }
        phase = .finished
        return [.finished]
    }

    /// A connection has nobody to serve at this moment.
    private mutating func rest(_ id: ConnectionID, _ now: Instant) -> [Action] {
        guard phase == .running else { return [.close(id)] }
        connections[id] = .idle
        idle.append((id, now))
        return settle(now)
    }

    /// How many connections should be in the making beyond those that are.
    private var missing: Int {
        guard phase == .running else { return 0 }
        let forMinimum = limits.minimum - connections.count
        let forWaiters = waiters.count - connectingCount
        return min(max(forMinimum, forWaiters), limits.size - connections.count)
    }

    /// Serves who waits, in order, and makes connections where they lack.
    private mutating func settle(_ now: Instant) -> [Action] {
        guard phase == .running else { return [] }
        var actions: [Action] = []
        var isCrowded = false
        while let waiter = waiters.first {
            if let free = idle.popLast() {
                connections[free.id] = waiter.use == .shared ? .shared(1) : .exclusive
                actions.append(.grant(waiter.id, free.id))
            } else if waiter.use == .shared, let (id, count) = leastShared {
                connections[id] = .shared(count + 1)
                actions.append(.grant(waiter.id, id))
                isCrowded = true
            } else {
                break
            }
            waiters.removeFirst()
        }
        guard retryAt.map({ $0 <= now }) ?? true else { return actions }
        var wanted = missing
        if isCrowded, connectingCount == 0, connections.count < limits.size { wanted = max(wanted, 1) }
        // One at a time as long as the server refuses.
        if failures > 0 { wanted = min(wanted, connectingCount == 0 ? 1 : 0) }
        for _ in 0..<max(0, wanted) {
            nextID += 1
            connections[nextID] = .connecting
            actions.append(.connect(nextID))
        }
        return actions
    }

    /// The connection whose pipeline has most room.
    private var leastShared: (ConnectionID, Int)? {
        var best: (ConnectionID, Int)?
        for (id, connection) in connections {
            if case .shared(let count) = connection, count < best?.1 ?? limits.depth { best = (id, count) }
        }
        return best
    }
}
