import Testing

@testable import Simulator

@Suite struct RingTests {
    @Test func numbersGoOnWhileTheOldestMakeRoom() {
        var ring = Ring<String>(capacity: 3)
        for name in ["a", "b", "c", "d", "e"] { ring.append(name) }
        #expect(ring.count == 3)
        #expect(ring.first == 3)
        #expect(ring.last == 5)
        #expect(ring.entries(after: 0, limit: 10).map(\.element) == ["c", "d", "e"])
        #expect(ring.entries(after: 0, limit: 10).map(\.number) == [3, 4, 5])
        #expect(ring.entries(after: 3, limit: 1).map(\.element) == ["d"])
        #expect(ring.entries(after: 5, limit: 10).isEmpty)
        #expect(ring.entries(after: .max, limit: .max).isEmpty)
    }

    @Test func heavyEntriesMakeMoreRoomButTheNewestStays() {
        var ring = Ring<Int>(capacity: 100, weightLimit: 10)
        for weight in [4, 4, 4] { ring.append(weight: weight, weight) }
        #expect(ring.count == 2)
        ring.append(weight: 50, 50)
        #expect(ring.entries(after: 0, limit: 10).map(\.element) == [50])
        ring.append(weight: 1, 1)
        #expect(ring.entries(after: 0, limit: 10).map(\.element) == [1])
    }

    @Test func clearingKeepsTheNumbering() {
        var ring = Ring<Int>(capacity: 10, weightLimit: 10)
        ring.append(weight: 8, 1)
        ring.removeAll()
        #expect(ring.append(weight: 8, 2) == 2)
        #expect(ring.entries(after: 0, limit: 10).map(\.number) == [2])
    }
}
