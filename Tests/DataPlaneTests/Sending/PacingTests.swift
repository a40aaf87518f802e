import Domain
import Support
import Testing

@testable import DataPlane

@Suite struct PacingTests {
    private static let zero = Timestamp(milliseconds: 0)

    @Test func placesFollowEachOtherAtTheRate() {
        var book = PaceBook()
        book.add(PaceGrant(first: Self.zero, count: 4), ratePerSecond: 80)
        let places = (0..<5).map { _ in book.take(now: Self.zero)?.milliseconds }
        #expect(places == [0, 12, 25, 37, nil])
        #expect(book.isEmpty)
    }

    @Test func oldPlacesAreLetGo() {
        var book = PaceBook()
        book.add(PaceGrant(first: Self.zero, count: 10), ratePerSecond: 10)
        #expect(book.take(now: Timestamp(milliseconds: 1450))?.milliseconds == 500)
        #expect(book.take(now: Timestamp(milliseconds: 90_000)) == nil && book.isEmpty)
    }

    @Test func noMoreIsReservedThanIsWantedOrATenthOfASecond() {
        #expect(PaceBook.chunk(wanted: 1, ratePerSecond: 80) == 1)
        #expect(PaceBook.chunk(wanted: 50, ratePerSecond: 80) == 8)
        #expect(PaceBook.chunk(wanted: 50, ratePerSecond: 0.001) == 1)
        #expect(PaceBook.chunk(wanted: .max, ratePerSecond: .infinity) == 10_000)
        var book = PaceBook()
        book.add(PaceGrant(first: Self.zero, count: 1), ratePerSecond: 1e-300)
        #expect(book.take(now: Self.zero) == Self.zero)
    }

    @Test func manySendersShareFewReservationsInTurn() async throws {
        let calls = Locked(0)
        let store = FakeMessageStore { call, moment in
            if call == "reserve", moment == .before {
                calls.withLock { $0 += 1 }
                for _ in 0..<50 { await Task.yield() }
            }
        }
        let clock = ManualClock(Self.zero)
        let pacer = NumberPacer(store: store, clock: clock)
        let places = try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<200 {
                group.addTask { try await pacer.place("n", ratePerSecond: 80).milliseconds }
            }
            var places: [Int64] = []
            for try await place in group { places.append(place) }
            return places.sorted()
        }
        // Every place once, none before its time.
        #expect(places.count == 200)
        for (index, place) in places.enumerated() { #expect(place >= Int64(Double(index) * 12.5) - 1) }
        #expect(calls.withLock { $0 } < 150)
        let other = try await pacer.place("m", ratePerSecond: 80)
        #expect(other == Self.zero)
    }

    @Test func anErrorReachesAllWhoWait() async throws {
        let isAway = Locked(true)
        let store = FakeMessageStore { _, _ in
            for _ in 0..<20 { await Task.yield() }
            if isAway.withLock({ $0 }) { throw DependencyError.unavailable("down") }
        }
        let pacer = NumberPacer(store: store, clock: ManualClock(Self.zero))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    await #expect(throws: DependencyError.self) { try await pacer.place("n", ratePerSecond: 80) }
                }
            }
        }
        isAway.withLock { $0 = false }
        #expect(try await pacer.place("n", ratePerSecond: 80) == Self.zero)
    }

    @Test func slotsAreBoundedInAllAndByChannel() async throws {
        let pool = SlotPool(total: 6, perKey: 4)
        let load = Locked((now: [String: Int](), mostTotal: 0, mostKey: 0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let key = number % 3 == 0 ? "a" : "b"
                    try await pool.with(key) {
                        load.withLock { load in
                            load.now[key, default: 0] += 1
                            load.mostTotal = max(load.mostTotal, load.now.values.reduce(0, +))
                            load.mostKey = max(load.mostKey, load.now[key] ?? 0)
                        }
                        await Task.yield()
                        load.withLock { $0.now[key, default: 0] -= 1 }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(load.withLock { $0.mostTotal } <= 6 && load.withLock { $0.mostKey } <= 4)
        #expect(pool.taken == 0)
    }

    @Test func whoIsCancelledWhileWaitingTakesNoSlot() async throws {
        let pool = SlotPool(total: 1, perKey: 1)
        let mayEnd = Locked(false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await pool.with("a") { while !mayEnd.withLock({ $0 }) { await Task.yield() } }
            }
            #expect(await eventually { pool.taken == 1 })
            await withThrowingTaskGroup(of: Void.self) { inner in
                for _ in 0..<20 {
                    inner.addTask { () async throws -> Void in
                        try await pool.with("a") { () -> Void in Issue.record("ran") }
                    }
                }
                await Task.yield()
                inner.cancelAll()
            }
            mayEnd.withLock { $0 = true }
            try await group.waitForAll()
        }
        #expect(pool.taken == 0)
        try await pool.with("a") {}
    }
}

@Suite struct ChannelPausesTests {
    @Test func aPauseEndsWithAChangeOrAProbe() {
        var pauses = ChannelPauses()
        #expect(pauses.enter("c", generation: 1, now: 0) == .open)
        #expect(pauses.paused("c", generation: 1, reason: "token", code: 190, now: 0) == true)
        #expect(pauses.paused("c", generation: 1, reason: "token", code: 190, now: 0) == false)
        #expect(pauses.enter("c", generation: 1, now: 59_999) == .closed)
        #expect(pauses.isClosed("c", generation: 1, now: 59_999))
        #expect(!pauses.isClosed("c", generation: 2, now: 1))
        // One probe at a time.
        #expect(pauses.enter("c", generation: 1, now: 60_000) == .probe)
        #expect(pauses.enter("c", generation: 1, now: 60_000) == .closed)
        // It told nothing: the next may try.
        pauses.left("c")
        #expect(pauses.enter("c", generation: 1, now: 60_001) == .probe)
        #expect(pauses.paused("c", generation: 1, reason: "token", code: 190, now: 60_001) == false)
        pauses.left("c")
        #expect(pauses.enter("c", generation: 1, now: 120_000) == .closed)
        #expect(pauses.enter("c", generation: 1, now: 120_001) == .probe)
        #expect(pauses.worked("c") == true)
        #expect(pauses.worked("c") == false)
        #expect(pauses.enter("c", generation: 1, now: 120_002) == .open)
        _ = pauses.paused("c", generation: 1, reason: "token", code: 190, now: 0)
        #expect(pauses.enter("c", generation: 2, now: 1) == .open)
        #expect(pauses.pause("c") == nil)
    }
}
