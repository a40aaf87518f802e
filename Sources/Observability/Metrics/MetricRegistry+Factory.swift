package import CoreMetrics

/// Takes the metrics of libraries that speak swift-metrics: dots become underscores, counters end in `_total`, timers
/// in `_seconds`. What is counted under one of our own names (``MetricName``) gets its explanation.
extension MetricRegistry: MetricsFactory {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(Self.name(label, "_total"), help: Self.help(label, "_total"), LabelSet(dimensions))
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counter(Self.name(label, "_total"), help: Self.help(label, "_total"), LabelSet(dimensions))
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(Self.name(label, ""), help: Self.help(label, ""), LabelSet(dimensions))
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        let labels = LabelSet(dimensions)
        guard aggregate else { return gauge(Self.name(label, ""), help: Self.help(label, ""), labels) }
        return histogram(Self.name(label, ""), help: "", bounds: Self.valueBuckets, labels)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let name = Self.name(label, "_seconds")
        let help = Self.help(label, "_seconds")
        return histogram(name, help: help, bounds: Self.secondsBuckets, LabelSet(dimensions))
    }

    package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    private static func help(_ label: String, _ suffix: String) -> String {
        MetricName(rawValue: name(label, suffix))?.help ?? ""
    }

    private static func name(_ label: String, _ suffix: String) -> String {
        let name = LabelSet.sanitized(metric: label)
        return name.hasSuffix(suffix) ? name : name + suffix
    }
}

extension CounterSeries: CounterHandler, FloatingPointCounterHandler {}

extension GaugeSeries: MeterHandler, RecorderHandler {
    /// Keeps the last value.
    package func record(_ value: Int64) { set(value) }
    package func record(_ value: Double) { set(value) }
}

extension HistogramSeries: TimerHandler, RecorderHandler {
    package func record(_ value: Int64) { observe(Double(value)) }
    package func record(_ value: Double) { observe(value) }
    package func recordNanoseconds(_ duration: Int64) { observe(Double(duration) * 1e-9) }
}
