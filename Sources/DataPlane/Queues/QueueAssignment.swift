package import Domain

/// Decides which queues this node consumes. Pure; every worker comes to the same result from the same facts.
///
/// Rendezvous hashing with bounded loads: each queue goes to the node that draws the highest number for it and is not
/// full; a node is full with a tenth more than its even share of one direction. So a small number of tenants is spread
/// evenly too, and a node that comes or goes moves little more than its own share.
package struct QueueAssignment: Sendable {
    package struct Change: Sendable, Hashable {
        package var start: Set<QueueName> = []
        package var stop: Set<QueueName> = []

        package var isEmpty: Bool { start.isEmpty && stop.isEmpty }
    }

    private let ownID: String
    private var isDraining = false
    /// Not consumed here although they may be our share.
    private var withheld: Set<QueueName> = []
    package private(set) var consuming: Set<QueueName> = []

    package init(ownID: String) { self.ownID = ownID }

    /// What is to be done so that exactly the own share is consumed. A node that is not among the ready workers has none.
    package mutating func update(queues: Set<QueueName>, workers: some Sequence<String>) -> Change {
        guard !isDraining else { return Change() }
        let nodes = Set(workers)
        guard nodes.contains(ownID) else { return replace([]) }
        guard nodes.count > 1 else { return replace(queues.subtracting(withheld)) }
        let owners = Self.owners(of: queues, among: nodes)
        return replace(queues.filter { owners[$0] == ownID && !withheld.contains($0) })
    }

    /// Consumes a queue no longer, until ``restore(_:)``.
    package mutating func withhold(_ queue: QueueName) -> Change {
        withheld.insert(queue)
        return replace(consuming.subtracting([queue]))
    }

    /// The next ``update(queues:workers:)`` counts the queue again.
    package mutating func restore(_ queue: QueueName) { withheld.remove(queue) }

    /// Stops everything, for good.
    package mutating func drain() -> Change {
        isDraining = true
        return replace([])
    }

    private mutating func replace(_ wanted: Set<QueueName>) -> Change {
        defer { consuming = wanted }
        return Change(start: wanted.subtracting(consuming), stop: consuming.subtracting(wanted))
    }

    package static func owners(of queues: Set<QueueName>, among nodes: Set<String>) -> [QueueName: String] {
        var owners: [QueueName: String] = [:]
        guard !nodes.isEmpty else { return owners }
        for direction in Direction.allCases {
            let names = queues.filter { $0.direction == direction }
            guard !names.isEmpty else { continue }
            let share = (names.count * 11 + nodes.count * 10 - 1) / (nodes.count * 10)
            var loads: [String: Int] = [:]
            // In an order that is everybody's and nobody's favourite.
            let drawn = names.map { (StableHash.fnv1a($0.name), $0.name, $0) }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
            for (_, name, queue) in drawn {
                let open = nodes.lazy.filter { loads[$0, default: 0] < share }
                guard let owner = StableHash.owner(of: name, among: open) else { continue }
                owners[queue] = owner
                loads[owner, default: 0] += 1
            }
        }
        return owners
    }
}

/// Which workers there are.
package protocol WorkerMembership: Sendable {
    /// The ids of the nodes that are ready and work, this one included when it is.
    var readyWorkers: Set<String> { get }
    /// Whether every node that is not silent has applied this revision of the config, or a later one.
    func haveApplied(_ revision: Int64) -> Bool
    /// Calls back after every change, on any thread. One observer.
    func observe(_ changed: @escaping @Sendable () -> Void)
}
