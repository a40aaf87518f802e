import CoreMetrics

/// What one connection tells about itself in the process's metrics, besides the ``BrokerCounters``. For its thread.
struct ConnectionMetrics: Sendable {
    /// 1 while it is open.
    private let up: Meter
    /// Only where it publishes.
    private let unconfirmed: Meter?
    private let confirmDuration: Timer?

    /// - Parameter name: `publish`, `consume-0` …
    init(name: String, publishes: Bool, factory: any MetricsFactory) {
        up = Meter(label: "metachat_broker_up", dimensions: [("connection", name)], factory: factory)
        unconfirmed = publishes ? Meter(label: "metachat_broker_unconfirmed", factory: factory) : nil
        confirmDuration = publishes ? Timer(label: "metachat_broker_confirm_duration", factory: factory) : nil
        up.set(0)
        unconfirmed?.set(0)
    }

    func isUp(_ isUp: Bool) { up.set(isUp ? 1 : 0) }

    /// How many publishes were sent and not yet confirmed.
    func unconfirmed(_ count: Int) { unconfirmed?.set(count) }

    func confirmed(after duration: Duration) { confirmDuration?.recordNanoseconds(duration.nanoseconds) }
}
