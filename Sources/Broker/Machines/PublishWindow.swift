import DequeModule

/// How one publish ended.
package enum PublishOutcome: Equatable, Sendable {
    case confirmed
    /// No queue wanted it (mandatory publishes only).
    case returned(code: Int, reason: String)
    /// The broker took it and gave it up (`basic.nack`): a full queue that rejects, a queue that died.
    case refused
    case timedOut
    case unavailable(String)
    case overloaded
    case invalid(String)
}

/// What identifies a mandatory publish in the broker's `basic.return`, which carries no sequence number.
package struct ReturnKey: Hashable, Sendable {
    package let exchange: String
    package let routingKey: String
    package let messageID: String

    package init(exchange: String, routingKey: String, messageID: String) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.messageID = messageID
    }
}

/// How much may be on its way to the broker unconfirmed.
package struct PublishLimits: Sendable, Equatable {
    /// Publishes sent and not yet confirmed.
    package var messages: Int
    /// The sum of their bodies, in bytes. A single body larger than this still goes out, alone.
    package var bytes: Int

    package init(messages: Int = 1024, bytes: Int = 16 << 20) {
        self.messages = messages
        self.bytes = bytes
    }
}

/// The publisher's books: what waits for room, what is on its way unconfirmed, and how each publish ends.
///
/// Every token handed to ``submit(_:bytes:deadline:key:)`` comes out exactly once, with its outcome. A publish that
/// runs out of time frees its place in the window although its confirm may still come: one queue that no longer
/// confirms must not hold up all others.
package struct PublishWindow<Token> {
    private struct Waiting {
        let token: Token
        let bytes: Int
        let deadline: MonotonicTime
        let key: ReturnKey?
    }

    private struct Sent {
        /// Nil once its outcome is told.
        var token: Token?
        let bytes: Int
        let deadline: MonotonicTime
        let key: ReturnKey?
        var returned: (code: Int, reason: String)?
        var confirmed = false
    }

    private let limits: PublishLimits
    private var waiting = Deque<Waiting>()
    /// `sent[i]` carries sequence number `first + i`.
    private var sent = Deque<Sent>()
    private var first: UInt64 = 1
    /// Never later than the earliest deadline in here.
    private var earliest = MonotonicTime.distantFuture

    package private(set) var outstanding = 0
    package private(set) var outstandingBytes = 0
    package var waitingCount: Int { waiting.count }
    package var isEmpty: Bool { waiting.isEmpty && outstanding == 0 }
    /// When ``expire(at:into:)`` is to be called.
    package var nextDeadline: MonotonicTime { earliest }

    package init(limits: PublishLimits) {
        self.limits = limits
    }

    /// - Parameter key: present for mandatory publishes.
    package mutating func submit(_ token: Token, bytes: Int, deadline: MonotonicTime, key: ReturnKey?) {
        if deadline < earliest { earliest = deadline }
        waiting.append(Waiting(token: token, bytes: bytes, deadline: deadline, key: key))
    }

    /// The next publish to send, or nil where none waits or the window is full. It takes the next sequence number.
    package mutating func next() -> Token? {
        guard let head = waiting.first, outstanding < limits.messages, sent.count < limits.messages * 64,
            outstanding == 0 || outstandingBytes + head.bytes <= limits.bytes
        else { return nil }
        waiting.removeFirst()
        sent.append(Sent(token: head.token, bytes: head.bytes, deadline: head.deadline, key: head.key))
        outstanding += 1
        outstandingBytes += head.bytes
        return head.token
    }

    /// Takes back what ``next()`` just gave because it cannot be put on the wire.
    package mutating func withdraw(_ outcome: PublishOutcome, into outcomes: inout [(Token, PublishOutcome)]) {
        guard !sent.isEmpty else { return }
        conclude(sent.count - 1, outcome, into: &outcomes)
        sent.removeLast()
    }

    /// An acknowledgement (`positive`) or a nack from the broker.
    ///
    /// - Returns: false for a sequence number that was never used, which no honest broker sends.
    package mutating func settle(
        _ number: UInt64, multiple: Bool, positive: Bool, into outcomes: inout [(Token, PublishOutcome)]
    ) -> Bool {
        let end = first + UInt64(sent.count)
        guard number < end else { return false }
        if multiple {
            let last = number == 0 ? end : number + 1
            while first < last {
                confirm(0, positive: positive, into: &outcomes)
                sent.removeFirst()
                first += 1
            }
        } else {
            guard number >= first else { return number > 0 }
            confirm(Int(number - first), positive: positive, into: &outcomes)
        }
        while let head = sent.first, head.confirmed {
            sent.removeFirst()
            first += 1
        }
        return true
    }

    /// The broker gave a mandatory message back; its confirm follows. Returns come in the order of publishing, so
    /// among equals it is the oldest that has not come back yet.
    package mutating func returned(_ key: ReturnKey, code: Int, reason: String) -> Bool {
        for index in sent.indices
        where !sent[index].confirmed && sent[index].returned == nil && sent[index].key == key {
            sent[index].returned = (code, reason)
            return true
        }
        return false
    }

    /// Ends everything whose deadline has come. `unsent` is the outcome of what never left.
    package mutating func expire(
        at now: MonotonicTime, unsent: PublishOutcome = .timedOut, into outcomes: inout [(Token, PublishOutcome)]
    ) {
        guard now >= earliest else { return }
        earliest = .distantFuture
        for index in sent.indices where sent[index].token != nil {
            if sent[index].deadline <= now {
                conclude(index, .timedOut, into: &outcomes)
            } else {
                earliest = min(earliest, sent[index].deadline)
            }
        }
        waiting.removeAll { item in
            guard item.deadline <= now else {
                earliest = min(earliest, item.deadline)
                return false
            }
            outcomes.append((item.token, unsent))
            return true
        }
    }

    /// The channel is gone: what was sent ends with `outcome`, numbering starts again at 1. What waits goes on waiting.
    package mutating func reset(_ outcome: PublishOutcome, into outcomes: inout [(Token, PublishOutcome)]) {
        for index in sent.indices { conclude(index, outcome, into: &outcomes) }
        sent.removeAll(keepingCapacity: true)
        first = 1
    }

    /// Ends everything.
    package mutating func fail(_ outcome: PublishOutcome, into outcomes: inout [(Token, PublishOutcome)]) {
        reset(outcome, into: &outcomes)
        for item in waiting { outcomes.append((item.token, outcome)) }
        waiting.removeAll(keepingCapacity: true)
        earliest = .distantFuture
    }

    private mutating func confirm(
        _ index: Int, positive: Bool, into outcomes: inout [(Token, PublishOutcome)]
    ) {
        guard !sent[index].confirmed else { return }
        sent[index].confirmed = true
        let outcome: PublishOutcome
        if !positive {
            outcome = .refused
        } else if let returned = sent[index].returned {
            outcome = .returned(code: returned.code, reason: returned.reason)
        } else {
            outcome = .confirmed
        }
        conclude(index, outcome, into: &outcomes)
    }

    private mutating func conclude(
        _ index: Int, _ outcome: PublishOutcome, into outcomes: inout [(Token, PublishOutcome)]
    ) {
        guard let token = sent[index].token else { return }
        sent[index].token = nil
        outstanding -= 1
        outstandingBytes -= sent[index].bytes
        outcomes.append((token, outcome))
    }
}
