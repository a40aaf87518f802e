import CoreMetrics
import Observability
import Testing

@Suite struct MetricsTests {
    @Test func rendersTheTextFormat() {
        let registry = MetricRegistry()
        registry.counter(.webhookRequests, ["status": "200", "channel": "whatsapp"]).increment(by: 3)
        registry.counter(.webhookRequests, ["channel": "messenger", "status": "401"]).increment()
        registry.gauge(.brokerUp).set(true)
        registry.gauge(.configRevision).set(42)
        #expect(
            registry.render() == """
                # HELP metachat_broker_up 1 while the connection to the broker stands.
                # TYPE metachat_broker_up gauge
                metachat_broker_up 1
                # HELP metachat_config_revision The config revision in force here.
                # TYPE metachat_config_revision gauge
                metachat_config_revision 42
                # HELP metachat_webhook_requests_total Webhook requests, by channel type and HTTP status.
                # TYPE metachat_webhook_requests_total counter
                metachat_webhook_requests_total{channel="messenger",status="401"} 1
                metachat_webhook_requests_total{channel="whatsapp",status="200"} 3

                """
        )
    }

    @Test func theSameLabelsAreTheSameSeries() {
        let registry = MetricRegistry()
        let one = registry.counter(.sends, ["channel": "whatsapp", "outcome": "sent"])
        let same = registry.counter(.sends, ["outcome": "sent", "channel": "whatsapp"])
        #expect(one === same)
        #expect(one !== registry.counter(.sends, ["outcome": "failed", "channel": "whatsapp"]))
    }

    @Test func escapesLabels() {
        let registry = MetricRegistry()
        registry.counter(.sends, ["outcome": "a\\b\"c\nd", "bad-name": "ä", "le": "x"]).increment()
        #expect(
            registry.render().contains(
                #"metachat_sends_total{bad_name="ä",exported_le="x",outcome="a\\b\"c\nd"} 1"# + "\n"
            )
        )
    }

    @Test func histograms() {
        let registry = MetricRegistry()
        let histogram = registry.histogram(.sendDuration, ["channel": "whatsapp"])
        for value in [0.0001, 0.001, 0.0011, 0.2, 1000, -1, .nan] { histogram.observe(value) }
        histogram.observe(.milliseconds(3))
        let lines = registry.render().split(separator: "\n")
        func count(_ bound: String) -> Substring? {
            lines.first { $0.contains("{channel=\"whatsapp\",le=\"\(bound)\"}") }?.split(separator: " ").last
        }
        #expect(count("0.0005") == "2")
        #expect(count("0.001") == "3")
        #expect(count("0.0025") == "4")
        #expect(count("0.005") == "5")
        #expect(count("0.25") == "6")
        #expect(count("60") == "6")
        #expect(count("+Inf") == "7")
        #expect(lines.last == "metachat_send_duration_seconds_count{channel=\"whatsapp\"} 7")
        #expect(histogram.count == 7)
        #expect(abs(histogram.sum - 999.2052) < 1e-9)
    }

    @Test func cardinalityIsBounded() {
        let registry = MetricRegistry(seriesLimit: 3)
        for index in 0..<10 { registry.counter(.sends, ["outcome": "o\(index)"]).increment() }
        let samples = registry.render().split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(
            samples == [
                #"metachat_sends_total{outcome="o0"} 1"#, #"metachat_sends_total{outcome="o1"} 1"#,
                #"metachat_sends_total{outcome="o2"} 1"#, #"metachat_sends_total{overflow="true"} 7"#,
            ]
        )
        // Known series go on counting.
        registry.counter(.sends, ["outcome": "o1"]).increment()
        #expect(registry.counter(.sends, ["outcome": "o1"]).value == 2)
    }

    @Test func countersOnlyGoUp() {
        let counter = MetricRegistry().counter(.sends)
        counter.increment(by: 5)
        counter.increment(by: -3)
        counter.increment(by: 0.5)
        counter.increment(by: -0.5)
        counter.increment(by: .nan)
        #expect(counter.value == 5.5)
    }

    @Test func manyTasksCount() async {
        let registry = MetricRegistry()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    for index in 0..<1000 {
                        registry.counter(.sends, ["outcome": "o\(index % 3)"]).increment()
                        registry.gauge(.inFlight).increment()
                        registry.gauge(.inFlight).decrement(by: 0.5)
                        registry.histogram(.sendDuration).observe(0.01)
                    }
                }
            }
        }
        #expect((0..<3).map { registry.counter(.sends, ["outcome": "o\($0)"]).value }.reduce(0, +) == 20_000)
        #expect(registry.gauge(.inFlight).value == 10_000)
        #expect(registry.histogram(.sendDuration).count == 20_000)
    }

    @Test func takesMetricsOfLibraries() {
        let registry = MetricRegistry()
        let counter = Counter(label: "http.requests", dimensions: [("path", "/x")], factory: registry)
        counter.increment(by: 2)
        FloatingPointCounter(label: "9lives", dimensions: [], factory: registry).increment(by: 0.5)
        Meter(label: "pool.size", dimensions: [], factory: registry).set(4)
        Timer(label: "http.duration", dimensions: [], factory: registry).recordMilliseconds(20)
        Recorder(label: "body.bytes", dimensions: [], aggregate: true, factory: registry).record(300)
        Gauge(label: "level", dimensions: [], factory: registry).record(1.5)
        let text = registry.render()
        for line in [
            "# TYPE http_requests_total counter", #"http_requests_total{path="/x"} 2"#, "_9lives_total 0.5",
            "pool_size 4",
            #"http_duration_seconds_bucket{le="0.025"} 1"#, #"http_duration_seconds_bucket{le="0.01"} 0"#,
            #"body_bytes_bucket{le="500"} 1"#, "level 1.5",
        ] {
            #expect(text.contains("\n\(line)\n") || text.hasPrefix(line + "\n"), "\(line)")
        }
        counter.destroy()
        #expect(!registry.render().contains("http_requests"))
    }

    @Test func ourOwnNamesAreExplainedWhoeverCountsThem() {
        let registry = MetricRegistry()
        Counter(label: "metachat_dead_messages", dimensions: [], factory: registry).increment()
        Timer(label: "metachat_send_duration", dimensions: [], factory: registry).recordSeconds(1)
        let text = registry.render()
        #expect(text.contains("# HELP metachat_dead_messages_total Messages moved to a dead queue.\n"))
        #expect(text.contains("# HELP metachat_send_duration_seconds Time that"))
        #expect(registry.counter(.deadMessages).value == 1)
    }

    @Test func oneNameForTwoKindsStaysReadable() {
        let registry = MetricRegistry()
        Meter(label: "a_total", dimensions: [], factory: registry).set(1)
        Counter(label: "a", dimensions: [], factory: registry).increment(by: 2)
        let text = registry.render()
        #expect(text.contains("# TYPE a_total gauge\na_total 1\n"))
        #expect(text.contains("# TYPE a_total_counter counter\na_total_counter 2\n"))
    }

    @Test func namesAreWellFormedAndExplained() {
        for name in MetricName.allCases {
            #expect(name.rawValue.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") })
            #expect(name.rawValue.hasPrefix("metachat_"))
            #expect(name.help.hasSuffix("."))
        }
    }

    @Test func theProcessItself() throws {
        let registry = MetricRegistry()
        ProcessCollector.install(in: registry)
        let text = registry.render()
        func value(_ name: String) throws -> Double {
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + " ") })
            return try #require(line.split(separator: " ").last.flatMap { Double($0) })
        }
        #expect(try value("process_resident_memory_bytes") > 1_000_000)
        #expect(try value("process_open_fds") >= 3)
        #expect(try value("process_max_fds") >= value("process_open_fds"))
        #expect(try value("process_cpu_seconds_total") > 0)
        let now = Double(WallTime.now().milliseconds) / 1000
        #expect(try (now - 86_400...now + 5).contains(value("process_start_time_seconds")))
        #expect(text.contains("# TYPE process_cpu_seconds_total counter"))
    }
}
