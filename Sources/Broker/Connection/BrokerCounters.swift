import CoreMetrics
import Synchronization

/// Running totals of one broker client, and what it adds to the process's metrics. Written by any thread, read by
/// anyone.
package final class BrokerCounters: Sendable {
    private let cells: [Cell]

    private final class Cell: Sendable {
        let value = Atomic<Int>(0)
        let metric: Counter?

        init(_ metric: Counter?) { self.metric = metric }
    }

    package enum Kind: Int, CaseIterable, Sendable {
        /// Written to the broker.
        case published
        /// How publishes ended; each in one of these ways.
        case confirmed, returned, refused, timedOut, failed
        case delivered, acknowledged, rejected, staleSettlements
        /// `reconnected` are those of `connected` that were not a connection's first.
        case connected, reconnected, connectionsLost, channelsLost
    }

    init(metrics factory: any MetricsFactory) {
        cells = Kind.allCases.map { Cell(Self.metric($0, factory)) }
    }

    func add(_ kind: Kind, _ count: Int = 1) {
        cells[kind.rawValue].value.wrappingAdd(count, ordering: .relaxed)
        cells[kind.rawValue].metric?.increment(by: count)
    }

    package subscript(kind: Kind) -> Int { cells[kind.rawValue].value.load(ordering: .relaxed) }

    private static func metric(_ kind: Kind, _ factory: any MetricsFactory) -> Counter? {
        func counter(_ label: String, _ dimensions: [(String, String)] = []) -> Counter {
            Counter(label: label, dimensions: dimensions, factory: factory)
        }
        func refused(_ outcome: String) -> Counter {
            counter("metachat_broker_refused_total", [("outcome", outcome)])
        }
        return switch kind {
        case .published: counter("metachat_broker_published_total")
        case .confirmed: counter("metachat_broker_confirmed_total")
        case .returned: refused("returned")
        case .refused: refused("refused")
        case .timedOut: refused("timed_out")
        case .failed: refused("failed")
        case .delivered: counter("metachat_broker_delivered_total")
        case .reconnected: counter("metachat_broker_reconnects_total")
        case .acknowledged, .rejected, .staleSettlements, .connected, .connectionsLost, .channelsLost: nil
        }
    }
}

extension BrokerCounters {
    /// A publish has ended.
    func count(_ outcome: PublishOutcome) {
        switch outcome {
        case .confirmed: add(.confirmed)
        case .returned: add(.returned)
        case .refused: add(.refused)
        case .timedOut: add(.timedOut)
        case .unavailable, .overloaded, .invalid: add(.failed)
        }
    }
}
