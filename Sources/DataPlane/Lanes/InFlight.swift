import Synchronization

/// How many messages are being worked on in this process now; for reports.
package final class InFlight: Sendable {
    private let number = Atomic<Int>(0)

    package init() {}

    package var count: Int { number.load(ordering: .relaxed) }

    func begin() { number.add(1, ordering: .relaxed) }
    func end() { number.subtract(1, ordering: .relaxed) }
}
