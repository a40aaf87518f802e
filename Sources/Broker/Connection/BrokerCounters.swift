import Synchronization

/// Running totals of one broker client, for metrics. Written by connection threads, read by anyone.
package final class BrokerCounters: Sendable {
    private let cells: [Cell]

    private final class Cell: Sendable {
        let value = Atomic<Int>(0)
    }

    package enum Kind: Int, CaseIterable, Sendable {
        case published, confirmed, returned, refused, timedOut, failed
        case delivered, acknowledged, rejected, staleSettlements
        case connected, connectionsLost, channelsLost
    }

    init() {
        cells = Kind.allCases.map { _ in Cell() }
    }

    func add(_ kind: Kind, _ count: Int = 1) {
        cells[kind.rawValue].value.wrappingAdd(count, ordering: .relaxed)
    }

    package subscript(kind: Kind) -> Int { cells[kind.rawValue].value.load(ordering: .relaxed) }
}
