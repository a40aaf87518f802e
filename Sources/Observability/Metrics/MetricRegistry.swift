import Synchronization

/// All numbers of a process. Looking a series up takes a lock and a dictionary; who counts often keeps the series.
///
/// Each metric has at most ``seriesLimit`` series; what would be more is counted in one series `{overflow="true"}`.
package final class MetricRegistry: Sendable {
    package let seriesLimit: Int
    private let families = Mutex<[String: Family]>([:])
    private let collectors = Mutex<[@Sendable (inout PrometheusText) -> Void]>([])

    /// Upper bounds for durations, in seconds.
    package static let secondsBuckets: [Double] = [
        0.000_5, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]
    /// Upper bounds for distributions of anything else.
    package static let valueBuckets: [Double] = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000, 1_000_000,
    ]

    /// Metrics at most; more are counted where nobody sees them.
    private static let familyLimit = 500

    package init(seriesLimit: Int = 500) {
        precondition(seriesLimit > 0)
        self.seriesLimit = seriesLimit
    }

    package func counter(_ name: MetricName, _ labels: KeyValuePairs<String, String> = [:]) -> CounterSeries {
        counter(name.rawValue, help: name.help, LabelSet(labels.map { ($0.key, $0.value) }))
    }

    package func gauge(_ name: MetricName, _ labels: KeyValuePairs<String, String> = [:]) -> GaugeSeries {
        gauge(name.rawValue, help: name.help, LabelSet(labels.map { ($0.key, $0.value) }))
    }

    package func histogram(_ name: MetricName, _ labels: KeyValuePairs<String, String> = [:]) -> HistogramSeries {
        histogram(
            name.rawValue, help: name.help, bounds: Self.secondsBuckets, LabelSet(labels.map { ($0.key, $0.value) })
        )
    }

    /// Adds numbers that are read when somebody looks at them.
    package func collect(_ collector: @escaping @Sendable (inout PrometheusText) -> Void) {
        collectors.withLock { $0.append(collector) }
    }

    /// Everything in Prometheus' text exposition format 0.0.4, always in the same order.
    package func render() -> String {
        var text = PrometheusText()
        for collector in collectors.withLock({ $0 }) { collector(&text) }
        for (name, family) in families.withLock({ $0 }) { family.write(as: name, to: &text) }
        return text.rendered()
    }

    /// The content type of ``render()``.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"
}

extension MetricRegistry {
    func counter(_ name: String, help: String, _ labels: LabelSet) -> CounterSeries {
        series(name, help, .counter, labels, make: CounterSeries.init, wrap: Series.counter)
    }

    func gauge(_ name: String, help: String, _ labels: LabelSet) -> GaugeSeries {
        series(name, help, .gauge, labels, make: GaugeSeries.init, wrap: Series.gauge)
    }

    func histogram(_ name: String, help: String, bounds: [Double], _ labels: LabelSet) -> HistogramSeries {
        series(name, help, .histogram, labels, make: { HistogramSeries(bounds: bounds) }, wrap: Series.histogram)
    }

    func remove(_ series: AnyObject) {
        families.withLock { families in
            for (name, family) in families {
                guard let labels = family.series.first(where: { $0.value.object === series })?.key else { continue }
                families[name]?.series[labels] = nil
                if families[name]?.series.isEmpty == true { families[name] = nil }
                return
            }
        }
    }

    private func series<S: AnyObject & Sendable>(
        _ name: String, _ help: String, _ kind: MetricKind, _ labels: LabelSet, make: () -> S,
        wrap: (S) -> Series
    ) -> S {
        families.withLock { families in
            // A name that already stands for another kind gets its kind behind it.
            let name = families[name].map { $0.kind == kind } ?? true ? name : "\(name)_\(kind.rawValue)"
            if families[name] == nil {
                guard families.count < Self.familyLimit else { return make() }
                families[name] = Family(kind: kind, help: help)
            }
            if let known = families[name]?.series[labels]?.object as? S { return known }
            let isFull = families[name].map { $0.series.count >= seriesLimit } ?? false
            let labels = isFull ? LabelSet.overflow : labels
            if let known = families[name]?.series[labels]?.object as? S { return known }
            let made = make()
            families[name]?.series[labels] = wrap(made)
            return made
        }
    }
}

/// The series of one metric.
struct Family: Sendable {
    let kind: MetricKind
    let help: String
    var series: [LabelSet: Series] = [:]

    func write(as name: String, to text: inout PrometheusText) {
        text.family(name, kind, help: help)
        for (labels, series) in series {
            switch series {
            case .counter(let counter): text.sample(name, labels, counter.value)
            case .gauge(let gauge): text.sample(name, labels, gauge.value)
            case .histogram(let histogram): text.histogram(name, labels, histogram.bounds, histogram.snapshot)
            }
        }
    }
}

enum Series: Sendable {
    case counter(CounterSeries)
    case gauge(GaugeSeries)
    case histogram(HistogramSeries)

    var object: AnyObject {
        switch self {
        case .counter(let series): series
        case .gauge(let series): series
        case .histogram(let series): series
        }
    }
}
