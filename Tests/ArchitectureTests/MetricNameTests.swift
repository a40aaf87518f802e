import Testing

/// One place names the metrics; this finds what is counted under a name that is not there.
@Suite struct MetricNameTests {
    @Test func everyMetricIsNamedInObservability() throws {
        let sources = try Repository.sources(below: "Sources")
        let table = try #require(sources.first { $0.path.hasSuffix("/MetricName.swift") })
        let names = Set(table.lines.flatMap(Self.names))
        #expect(names.count > 20)
        for source in sources where source.target != "Observability" && source.imports.contains("CoreMetrics") {
            for name in source.lines.flatMap(Self.names) {
                let known = ["", "_total", "_seconds"].contains { names.contains(name + $0) }
                #expect(known, "\(source.path): \(name) is not in MetricName")
            }
        }
    }

    /// Named by its text, without the suffix that the exporter adds, or by its case.
    @Test func everyNameIsCounted() throws {
        let sources = try Repository.sources(below: "Sources")
        let table = try #require(sources.first { $0.path.hasSuffix("/MetricName.swift") })
        let others = sources.filter { $0.path != table.path }.map { $0.lines.joined(separator: "\n") }
        var count = 0
        for line in table.lines {
            let words = line.split(whereSeparator: { " \"".contains($0) })
            // `case webhookRequests = "metachat_webhook_requests_total"`
            guard words.count == 4, words[0] == "case", words[2] == "=", words[3].hasPrefix("metachat_") else {
                continue
            }
            count += 1
            // Counted by the connection's own work on its figures.
            if words[3].hasPrefix("metachat_broker_") { continue }
            var forms = ["(.\(words[1])", " .\(words[1]),", "MetricName.\(words[1])", "\"\(words[3])\""]
            for suffix in ["_total", "_seconds"] where words[3].hasSuffix(suffix) {
                forms.append("\"\(words[3].dropLast(suffix.count))\"")
            }
            #expect(others.contains { text in forms.contains { text.contains($0) } }, "\(words[3]) is never counted")
        }
        #expect(count > 40)
    }

    /// The names in a line's string literals.
    private static func names(in line: String) -> [String] {
        line.split(separator: "\"").map(String.init).filter { literal in
            literal.hasPrefix("metachat_") && literal.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }
        }
    }

    @Test func namesAreFound() {
        #expect(
            Self.names(in: #"x = Counter(label: "metachat_a_total", dimensions: [("b", "c")])"#) == ["metachat_a_total"]
        )
        #expect(Self.names(in: "metachat_eventfd()").isEmpty)
    }
}
