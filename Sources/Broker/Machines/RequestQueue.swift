import DequeModule

/// A channel for topology requests, answered one at a time, so that an error that closes the channel names its request.
package struct RequestQueue<Token> {
    package enum Action: Equatable {
        case none
        /// Open a channel, then report ``channelOpened()``.
        case openChannel
        /// Put ``current`` on the wire.
        case send
        /// The broker does not answer: close the channel without waiting for it.
        case abandonChannel
    }

    private enum State {
        case closed
        case opening(since: MonotonicTime)
        case idle, busy
    }

    private struct Item {
        let token: Token
        let deadline: MonotonicTime
    }

    private var state = State.closed
    private var waiting = Deque<Item>()
    private var inFlight: Item?
    private let limit: Int
    private let openWithin: Duration

    package var current: Token? { inFlight?.token }
    package var isEmpty: Bool { waiting.isEmpty && inFlight == nil }

    package init(limit: Int = 10_000, openWithin: Duration = .seconds(10)) {
        self.limit = limit
        self.openWithin = openWithin
    }

    /// Takes a request; false where too many wait.
    package mutating func submit(_ token: Token, deadline: MonotonicTime) -> Bool {
        guard waiting.count < limit else { return false }
        waiting.append(Item(token: token, deadline: deadline))
        return true
    }

    /// What to do next. To be asked after every event.
    package mutating func step(at now: MonotonicTime) -> Action {
        switch state {
        case .closed:
            guard !waiting.isEmpty else { return .none }
            state = .opening(since: now)
            return .openChannel
        case .idle:
            guard let item = waiting.popFirst() else { return .none }
            inFlight = item
            state = .busy
            return .send
        case .opening, .busy:
            return .none
        }
    }

    package mutating func channelOpened() {
        if case .opening = state { state = .idle }
    }

    /// The answer to ``current``; nil where none was asked for.
    package mutating func answered() -> Token? {
        guard let item = inFlight else { return nil }
        inFlight = nil
        state = .idle
        return item.token
    }

    /// The broker closed the channel: the request it did so over, if any.
    package mutating func channelClosed() -> Token? {
        state = .closed
        defer { inFlight = nil }
        return inFlight?.token
    }

    /// Ends what has run out of time. ``Action/abandonChannel`` where the broker owes an answer.
    package mutating func expire(at now: MonotonicTime, into expired: inout [Token]) -> Action {
        var action = Action.none
        if let item = inFlight, item.deadline <= now {
            expired.append(item.token)
            inFlight = nil
            state = .closed
            action = .abandonChannel
        } else if case .opening(let since) = state, now - since >= openWithin {
            state = .closed
            action = .abandonChannel
        }
        waiting.removeAll { item in
            guard item.deadline <= now else { return false }
            expired.append(item.token)
            return true
        }
        return action
    }

    package var nextDeadline: MonotonicTime {
        var earliest = inFlight?.deadline ?? .distantFuture
        if case .opening(let since) = state { earliest = min(earliest, since + openWithin) }
        for item in waiting { earliest = min(earliest, item.deadline) }
        return earliest
    }

    /// The connection is gone: everything ends.
    package mutating func fail() -> [Token] {
        var tokens = waiting.map(\.token)
        if let item = inFlight { tokens.insert(item.token, at: 0) }
        waiting.removeAll()
        inFlight = nil
        state = .closed
        return tokens
    }
}
