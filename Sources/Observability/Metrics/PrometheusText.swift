/// Prometheus' text exposition format 0.0.4 while it is written.
package struct PrometheusText {
    private var families: [String: (kind: MetricKind, help: String)] = [:]
    private var samples: [String: [(labels: String, lines: [String])]] = [:]

    init() {}

    /// A single number that a collector has just read.
    package mutating func gauge(_ name: String, help: String, _ value: Double) {
        family(name, .gauge, help: help)
        sample(name, .none, value)
    }

    package mutating func counter(_ name: String, help: String, _ value: Double) {
        family(name, .counter, help: help)
        sample(name, .none, value)
    }

    mutating func family(_ name: String, _ kind: MetricKind, help: String) { families[name] = (kind, help) }

    mutating func sample(_ name: String, _ labels: LabelSet, _ value: Double) {
        samples[name, default: []].append((labels.text, [Self.line(name, labels.text, value)]))
    }

    mutating func histogram(
        _ name: String, _ labels: LabelSet, _ bounds: [Double], _ state: HistogramSeries.State
    ) {
        var lines: [String] = []
        var total: UInt64 = 0
        for (bound, count) in zip(bounds + [.infinity], state.counts) {
            total &+= count
            let all = (labels.text.isEmpty ? "" : labels.text + ",") + "le=\"\(Self.number(bound))\""
            lines.append(Self.line(name + "_bucket", all, Double(total)))
        }
        lines.append(Self.line(name + "_sum", labels.text, state.sum))
        lines.append(Self.line(name + "_count", labels.text, Double(total)))
        samples[name, default: []].append((labels.text, lines))
    }

    func rendered() -> String {
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            if !family.help.isEmpty { text += "# HELP \(name) \(Self.escaped(help: family.help))\n" }
            text += "# TYPE \(name) \(family.kind.rawValue)\n"
            for sample in (samples[name] ?? []).sorted(by: { $0.labels < $1.labels }) {
                for line in sample.lines { text += line }
            }
        }
        return text
    }

    private static func line(_ name: String, _ labels: String, _ value: Double) -> String {
        labels.isEmpty ? "\(name) \(number(value))\n" : "\(name){\(labels)} \(number(value))\n"
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value)?.description ?? value.description
    }

    private static func escaped(help: String) -> String {
        var result = ""
        for scalar in help.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
