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
