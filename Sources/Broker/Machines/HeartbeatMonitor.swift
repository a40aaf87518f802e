/// Decides when a heartbeat is due and when the peer's silence means that it is gone (AMQP 0-9-1 §4.2.7).
package struct HeartbeatMonitor {
    package enum Verdict: Equatable { case quiet, send, dead }

    private let interval: Duration
    private var lastSent: MonotonicTime
    private var lastReceived: MonotonicTime

    /// - Parameter interval: what was negotiated; zero switches heartbeats off.
    package init(interval: Duration, now: MonotonicTime) {
        self.interval = interval
        lastSent = now
        lastReceived = now
    }

    package mutating func sent(at now: MonotonicTime) { lastSent = now }

    package mutating func received(at now: MonotonicTime) { lastReceived = now }

    package func verdict(at now: MonotonicTime) -> Verdict {
        guard interval > .zero else { return .quiet }
        if now - lastReceived >= interval * 2 { return .dead }
        return now - lastSent >= interval / 2 ? .send : .quiet
    }

    /// When ``verdict(at:)`` is to be asked again.
    package var nextCheck: MonotonicTime {
        interval > .zero ? min(lastSent + interval / 2, lastReceived + interval * 2) : .distantFuture
    }
}
