import ControlPlane
import Domain
import JSONCoding
import Logging
import ServiceLifecycle
import Support
import Synchronization
import Testing

struct FleetRegistryTests {
    let broker = MemoryBroker()

    /// Runs a body beside a registry that listens.
    private func withRegistry<R: Sendable>(
        store: (any FleetStore)? = nil, _ body: @Sendable (FleetRegistry) async throws -> R
    ) async throws -> R {
        // Time stands still: nobody falls silent, however slow the machine.
        let registry = FleetRegistry(
            broker: broker, store: store, clock: ManualClock(), uptime: { 0 }, logger: .quiet)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await registry.run() }
            try await broker.wait { $0.listeners(of: FleetRegistry.exchange) == 1 }
            let result = try await body(registry)
            group.cancelAll()
            return result
        }
    }

    private func report(_ report: NodeReport) async throws {
        try await broker.publish(
            BrokerMessage(exchange: FleetRegistry.exchange, routingKey: "", body: report.json.serialized()),
            timeoutMilliseconds: 1000)
    }

    private func wait(
        _ registry: FleetRegistry, _ revision: Int64, atMost milliseconds: Int64
    ) async throws -> String {
        switch try await registry.wait(for: revision, atMost: milliseconds) {
        case .converged(let nodes, _): "converged " + nodes.map(\.report.id).joined(separator: " ")
        case .laggards(let nodes): "laggards " + nodes.map(\.report.id).joined(separator: " ")
        case .blind: "blind"
        }
    }

    private func knows(_ registry: FleetRegistry, _ id: String, revision: Int64) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while await !registry.list().contains(where: { $0.report.id == id && $0.report.revision == revision }) {
            try #require(ContinuousClock.now < deadline)
            await Task.yield()
        }
    }

    @Test func withoutLiveNodesItConvergesAtOnce() async throws {
        try await withRegistry { registry async throws in
            #expect(try await wait(registry, 5, atMost: 60_000) == "converged ")
        }
    }

    @Test func waitersAreWokenByReports() async throws {
        try await withRegistry { registry async throws in
            try await report(Samples.report("a", revision: 4))
            try await report(Samples.report("b", revision: 5))
            try await knows(registry, "b", revision: 5)
            #expect(try await wait(registry, 5, atMost: 0) == "laggards a")
            #expect(try await wait(registry, 5, atMost: 30) == "laggards a")

            let start = ContinuousClock.now
            async let waited = wait(registry, 5, atMost: 60_000)
            try await report(Samples.report("a", revision: 5))
            #expect(try await waited == "converged a b")
            #expect(ContinuousClock.now - start < .seconds(50))
        }
    }

    @Test func manyWaitAtOnce() async throws {
        try await withRegistry { registry async throws in
            try await report(Samples.report("a", revision: 0))
            try await knows(registry, "a", revision: 0)
            let results = try await withThrowingTaskGroup(of: String.self) { group in
                for revision in 1...50 { group.addTask { try await wait(registry, Int64(revision), atMost: 60_000) } }
                for revision in 1...50 { try await report(Samples.report("a", revision: Int64(revision))) }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results == Array(repeating: "converged a", count: 50))
        }
    }

    @Test func aCancelledWaiterLeaves() async throws {
        try await withRegistry { registry async throws in
            try await report(Samples.report("a", revision: 0))
            try await knows(registry, "a", revision: 0)
            let task = Task { try await registry.wait(for: 1, atMost: 60_000) }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func withoutTheBrokerNothingCanBeTold() async throws {
        try await withRegistry { registry async throws in
            broker.set(up: false)
            #expect(try await wait(registry, 1, atMost: 50) == "blind")
            broker.set(up: true)
            #expect(try await wait(registry, 1, atMost: 60_000) == "converged ")
        }
    }

    @Test func whatIsNoReportIsPassedOver() async throws {
        try await withRegistry { registry async throws in
            for text in ["", "{", "{}", "[1]"] {
                try await broker.publish(
                    BrokerMessage(exchange: FleetRegistry.exchange, routingKey: "", body: Array(text.utf8)),
                    timeoutMilliseconds: 1000)
            }
            try await report(Samples.report("a", revision: 7))
            try await knows(registry, "a", revision: 7)
            #expect(await registry.list().count == 1)
        }
    }

    @Test func sightingsOutliveTheProcess() async throws {
        let store = FakeFleetStore()
        try await withRegistry(store: store) { registry async throws in
            try await report(Samples.report("a", revision: 7))
            try await knows(registry, "a", revision: 7)
        }
        #expect(store.ids == ["a"])
        try await withRegistry(store: store) { registry async throws in
            #expect(await registry.list().map(\.report.id) == ["a"])
            #expect(try await wait(registry, 8, atMost: 20) == "laggards a")
        }
    }
}

private final class FakeFleetStore: FleetStore, Sendable {
    private let kept = Mutex<[String: NodeSighting]>([:])
    var ids: [String] { kept.withLock { $0.keys.sorted() } }

    func save(_ sightings: [NodeSighting]) {
        kept.withLock { kept in for sighting in sightings { kept[sighting.report.id] = sighting } }
    }
    func sightings(since: Timestamp) -> [NodeSighting] {
        kept.withLock { $0.values.filter { $0.lastSeenAt >= since } }
    }
    func forget(before: Timestamp) { kept.withLock { $0 = $0.filter { $0.value.lastSeenAt >= before } } }
}
