import DequeModule

/// The latest entries of a log, numbered from 1 without gaps; the oldest make room.
struct Ring<Element: Sendable>: Sendable {
    private var entries: Deque<(element: Element, weight: Int)> = []
    private let capacity: Int
    private let weightLimit: Int
    private var weight = 0
    /// The number of the newest entry ever appended.
    private(set) var last = 0

    /// - Parameters:
    ///   - capacity: most entries kept.
    ///   - weightLimit: most bytes kept, by the weights given with the entries. The newest stays in any case.
    init(capacity: Int, weightLimit: Int = .max) {
        self.capacity = capacity
        self.weightLimit = weightLimit
    }

    var count: Int { entries.count }
    /// The number of the oldest entry that is still here; `last + 1` when there is none.
    var first: Int { last - entries.count + 1 }

    /// - Returns: the entry's number.
    @discardableResult
    mutating func append(weight added: Int = 0, _ element: Element) -> Int {
        entries.append((element, added))
        weight += added
        last += 1
        while entries.count > capacity || (weight > weightLimit && entries.count > 1) {
            weight -= entries.removeFirst().weight
        }
        return last
    }

    /// Forgets the entries; numbers go on.
    mutating func removeAll() {
        entries.removeAll()
        weight = 0
    }

    /// Up to `limit` entries that came after the one numbered `number`, oldest first.
    func entries(after number: Int, limit: Int) -> [(number: Int, element: Element)] {
        let start = max(number, last - entries.count)
        guard start < last, limit > 0 else { return [] }
        let end = limit < last - start ? start + limit : last
        return (start..<end).map { (number: $0 + 1, element: entries[$0 - (last - entries.count)].element) }
    }
}
