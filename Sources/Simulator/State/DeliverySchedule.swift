import DequeModule
import HeapModule

/// One webhook on its way: posted, refused, posted again, until it is taken or given up.
struct Delivery: Sendable {
    enum Content: Sendable {
        case messages(ids: [String], customer: String, body: [UInt8])
        case statuses([StatusEvent])
    }

    var id: Int
    var numberID: String
    var content: Content
    /// Attempts so far, this one included.
    var attempt = 0
    /// What waits until this one is settled.
    var successors: [Delivery] = []
}

/// Which webhook is posted when. Statuses that fall due together or wait for a
/// free connection share a body, as Meta's do.
struct DeliverySchedule: Sendable {
    private enum Item: Sendable {
        case delivery(Delivery)
        case status(StatusEvent)
    }

    private struct Entry: Comparable, Sendable {
        var due: Int64
        var order: Int
        var item: Item

        static func < (lhs: Entry, rhs: Entry) -> Bool { (lhs.due, lhs.order) < (rhs.due, rhs.order) }
        static func == (lhs: Entry, rhs: Entry) -> Bool { lhs.order == rhs.order }
    }

    private enum Ready: Sendable {
        case delivery(Delivery)
        /// The statuses gathered for a number.
        case statuses(of: String)
    }

    private var later: Heap<Entry> = []
    private var ready: Deque<Ready> = []
    private var statuses: [String: Deque<StatusEvent>] = [:]
    private var order = 0
    private var lastID = 0
    private var successors = 0
    private var statusesReady = 0
    private var deliveriesReady = 0
    private(set) var inFlight = 0

    /// Everything that is not settled.
    var pending: Int { later.count + deliveriesReady + statusesReady + successors + inFlight }

    mutating func nextID() -> Int {
        lastID += 1
        return lastID
    }

    /// - Parameter due: uptime in milliseconds.
    mutating func add(_ delivery: Delivery, due: Int64) {
        successors += delivery.successors.count
        insert(.delivery(delivery), due: due)
    }

    mutating func add(_ status: StatusEvent, due: Int64) { insert(.status(status), due: due) }

    private mutating func insert(_ item: Item, due: Int64) {
        order += 1
        later.insert(Entry(due: due, order: order, item: item))
    }

    /// The next webhook to post now; nil when none is due or enough are under way.
    mutating func take(now: Int64, limits: SimulatorSettings) -> Delivery? {
        while let first = later.min, first.due <= now {
            switch later.removeMin().item {
            case .delivery(let delivery):
                ready.append(.delivery(delivery))
                deliveriesReady += 1
            case .status(let status):
                if statuses[status.numberID] == nil { ready.append(.statuses(of: status.numberID)) }
                statuses[status.numberID, default: []].append(status)
                statusesReady += 1
            }
        }
        guard inFlight < limits.webhooksInFlight, let next = ready.popFirst() else { return nil }
        inFlight += 1
        switch next {
        case .delivery(var delivery):
            deliveriesReady -= 1
            delivery.attempt += 1
            return delivery
        case .statuses(let number):
            var waiting = statuses.removeValue(forKey: number) ?? []
            let batch = Array(waiting.prefix(limits.statusesPerWebhook))
            waiting.removeFirst(batch.count)
            statusesReady -= batch.count
            if !waiting.isEmpty {
                statuses[number] = waiting
                ready.append(.statuses(of: number))
            }
            return Delivery(id: nextID(), numberID: number, content: .statuses(batch), attempt: 1)
        }
    }

    /// When ``take(now:limits:)`` has something that it does not have now; nil for never.
    var nextDue: Int64? { later.min?.due }

    enum Verdict: Sendable, Hashable {
        case taken
        /// Milliseconds until the next attempt.
        case again(after: Int64)
        case givenUp
    }

    /// What becomes of a webhook after an attempt.
    mutating func finish(_ delivery: Delivery, accepted: Bool, now: Int64, limits: SimulatorSettings) -> Verdict {
        inFlight -= 1
        if !accepted, delivery.attempt < limits.retryAttempts {
            let doublings = min(delivery.attempt - 1, 20)
            let pause = min(limits.retryBase << Int64(doublings), limits.retryCap)
            insert(.delivery(delivery), due: now + pause)
            return .again(after: pause)
        }
        if var next = delivery.successors.first {
            next.successors = Array(delivery.successors.dropFirst())
            successors -= 1
            insert(.delivery(next), due: now)
        }
        return accepted ? .taken : .givenUp
    }
}
