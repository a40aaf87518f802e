import Synchronization

/// One number of a metric that only goes up.
package final class CounterSeries: Sendable {
    private let whole = Atomic<Int64>(0)
    private let fractions = AtomicDouble()

    init() {}

    /// Adds an amount; a negative one is ignored.
    package func increment(by amount: Int = 1) { increment(by: Int64(amount)) }

    package func increment(by amount: Int64) {
        if amount > 0 { whole.wrappingAdd(amount, ordering: .relaxed) }
    }

    package func increment(by amount: Double) {
        if amount > 0, amount.isFinite { fractions.add(amount) }
    }

    package func reset() {
        whole.store(0, ordering: .relaxed)
        fractions.store(0)
    }

    package var value: Double { Double(whole.load(ordering: .relaxed)) + fractions.load() }
}

/// One number of a metric that goes up and down.
package final class GaugeSeries: Sendable {
    private let number = AtomicDouble()

    init() {}

    package func set(_ value: Double) { number.store(value) }
    package func set(_ value: Int) { number.store(Double(value)) }
    package func set(_ value: Int64) { number.store(Double(value)) }
    package func set(_ value: Bool) { number.store(value ? 1 : 0) }
    package func increment(by amount: Double = 1) { number.add(amount) }
    package func decrement(by amount: Double = 1) { number.add(-amount) }

    package var value: Double { number.load() }
}

/// One distribution of a metric over fixed buckets.
package final class HistogramSeries: Sendable {
    struct State: Sendable {
        /// Observations at most as large as the bound of the same index; the last entry takes those beyond all bounds.
        var counts: [UInt64]
        var sum = 0.0
    }

    let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// Counts an observation; what is no number is ignored.
    package func observe(_ value: Double) {
        guard !value.isNaN else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            $0.counts[bucket] &+= 1
            $0.sum += value
        }
    }

    /// Counts a duration, in seconds.
    package func observe(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        observe(Double(seconds) + Double(attoseconds) * 1e-18)
    }

    package var count: UInt64 { snapshot.counts.reduce(0, &+) }
    package var sum: Double { snapshot.sum }

    var snapshot: State { state.withLock { $0 } }
}

/// A `Double` that many threads may change.
private final class AtomicDouble: Sendable {
    private let bits = Atomic<UInt64>(0)

    func load() -> Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func store(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, current) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = current
        }
    }
}
