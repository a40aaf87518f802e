import Domain
import Testing

@testable import DataPlane

/// The machine alone: lanes are letters, deliveries are numbers, jobs are the same numbers.
@Suite struct LaneSchedulerTests {
    typealias Machine = LaneScheduler<String, Int, Int>

    static func machine(running: Int = 5, held: Int = 69, retries: Int = 3) -> Machine {
        Machine(
            limits: .init(running: running, held: held, attemptMilliseconds: 300_000),
            policy: RetryPolicy(maxRetries: retries, baseMilliseconds: 1000))
    }

    private static func id(_ number: Int) -> MessageID { MessageID(high: UInt64(number), low: 1) }

    private func add(_ machine: inout Machine, _ number: Int, _ lane: String) {
        #expect(machine.arrived(number, lane: lane, id: Self.id(number), job: number).isEmpty)
    }

    private func starts(_ machine: inout Machine, at now: Int64) -> [Int] {
        var jobs: [Int] = []
        while let start = machine.next(now: now) { jobs.append(start.job ?? -1) }
        return jobs
    }

    private func end(
        _ machine: inout Machine, _ lane: String, _ job: Int, _ end: AttemptEnd, at now: Int64 = 0, unit: Double = 0.5
    ) -> String {
        switch machine.ended(lane, job: job, end: end, now: now, unit: unit) {
        case .acknowledge(let handles): "acknowledge \(handles)"
        case .giveBack(let handles): "giveBack \(handles)"
        case .keep: "keep"
        case .condemned(let burial): "condemned after \(burial.attempts): \(burial.error)"
        }
    }

    @Test func oneMessageOfALaneAtATimeInOrder() {
        var machine = Self.machine()
        for number in 1...3 { add(&machine, number, "a") }
        #expect(starts(&machine, at: 0) == [1])
        #expect(end(&machine, "a", 1, .done) == "acknowledge [1]")
        #expect(starts(&machine, at: 0) == [2])
        #expect(end(&machine, "a", 2, .done) == "acknowledge [2]")
        #expect(starts(&machine, at: 0) == [3])
        #expect(end(&machine, "a", 3, .done) == "acknowledge [3]")
        #expect(machine.lanes.isEmpty && machine.held == 0 && machine.running == 0)
    }

    @Test func atMostSoManyLanesRunAndTheOthersFollowInTurn() {
        var machine = Self.machine(running: 2)
        for (number, lane) in [(1, "a"), (2, "b"), (3, "c"), (4, "a")] { add(&machine, number, lane) }
        #expect(starts(&machine, at: 0) == [1, 2])
        #expect(end(&machine, "a", 1, .done) == "acknowledge [1]")
        // c waited longer than a's second message.
        #expect(starts(&machine, at: 0) == [3])
        #expect(end(&machine, "b", 2, .done) == "acknowledge [2]")
        #expect(starts(&machine, at: 0) == [4])
    }

    @Test func aLaneInBackOffTakesNoPlaceAndKeepsItsOrder() {
        var wake: Int64?
        var machine = Self.machine(running: 1)
        for (number, lane) in [(1, "a"), (2, "a"), (3, "b"), (4, "c")] { add(&machine, number, lane) }
        #expect(starts(&machine, at: 0) == [1])
        #expect(end(&machine, "a", 1, .failed("boom")) == "keep")
        wake = machine.nextWake()
        #expect(wake == 500)
        #expect(starts(&machine, at: 0) == [3])
        #expect(end(&machine, "b", 3, .done) == "acknowledge [3]")
        #expect(starts(&machine, at: 499) == [4])
        #expect(end(&machine, "c", 4, .done, at: 499) == "acknowledge [4]")
        #expect(starts(&machine, at: 499) == [])
        #expect(starts(&machine, at: 500) == [1])
        #expect(end(&machine, "a", 1, .done, at: 500) == "acknowledge [1]")
        #expect(starts(&machine, at: 500) == [2])
    }

    @Test func realFailuresCountAndTheLastOneCondemns() {
        var machine = Self.machine(retries: 3)
        add(&machine, 1, "a")
        var now: Int64 = 0
        for attempt in 1...4 {
            let start = machine.next(now: now)
            #expect(start?.attempt == attempt && start?.burial == nil)
            let verdict = end(&machine, "a", 1, .failed("boom"), at: now)
            #expect(verdict == (attempt < 4 ? "keep" : "condemned after 4: boom"))
            now += 60_000
        }
        let burial = machine.next(now: now)
        #expect(burial?.burial == Burial(error: "boom", attempts: 4))
        // The dead queue is away: the burial waits, and counts nothing.
        _ = machine.ended(
            "a", job: 1, burial: Burial(error: "boom", attempts: 4, isPublished: true), end: .unavailable("down"),
            now: now, unit: 0)
        #expect(machine.next(now: now) == nil)
        let again = machine.next(now: now + 5000)
        #expect(again?.burial?.isPublished == true)
        #expect(end(&machine, "a", 1, .done) == "acknowledge [1]")
    }

    @Test func waitingForADependencyNeverCounts() {
        var machine = Self.machine(retries: 0)
        add(&machine, 1, "a")
        var now: Int64 = 0
        var longest: Int64 = 0
        for _ in 0..<100 {
            #expect(machine.next(now: now)?.attempt == 1)
            #expect(end(&machine, "a", 1, .unavailable("down"), at: now, unit: 0.99) == "keep")
            let wake = machine.nextWake() ?? 0
            #expect(wake > now)
            longest = max(longest, wake - now)
            now = wake
        }
        #expect(longest <= 5000)
        #expect(machine.next(now: now)?.attempt == 1)
        #expect(end(&machine, "a", 1, .failed("boom")) == "condemned after 1: boom")
    }

    @Test func backOffDoublesWithFullJitterUpToItsCap() {
        let policy = RetryPolicy(maxRetries: 50, baseMilliseconds: 1000)
        #expect(
            (1...8).map { policy.delay(afterFailures: $0, unit: 0.5) } == [
                500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
            ])
        #expect(policy.delay(afterFailures: 1, unit: 0) == 0)
        #expect(policy.delay(afterFailures: .max, unit: 0.999_999) < 60_000)
        #expect(RetryPolicy(baseMilliseconds: .max).delay(afterFailures: 9, unit: 0.5) == 30_000)
    }

    @Test func thePlatformsWaitIsHonouredAndBounded() {
        var wake: Int64?
        var machine = Self.machine()
        add(&machine, 1, "a")
        _ = machine.next(now: 0)
        _ = end(&machine, "a", 1, .failed("429", afterMilliseconds: 7000))
        wake = machine.nextWake()
        #expect(wake == 7000)
        _ = machine.next(now: 7000)
        _ = end(&machine, "a", 1, .failed("429", afterMilliseconds: .max), at: 7000)
        wake = machine.nextWake()
        #expect(wake == 3_607_000)
    }

    @Test func poisonGoesToItsGraveAtOnceAndAlone() {
        var machine = Self.machine()
        #expect(machine.arrived(9, lane: "x", job: nil, poison: "not JSON").isEmpty)
        let start = machine.next(now: 0)
        #expect(start?.job == nil && start?.burial == Burial(error: "not JSON", attempts: 0))
        add(&machine, 1, "a")
        _ = machine.next(now: 0)
        #expect(end(&machine, "a", 1, .poison("too large")) == "condemned after 1: too large")
    }

    @Test func whoeverMissesItsPredecessorLetsTheOthersOfItsLaneGoFirst() {
        var machine = Self.machine()
        // 1 came back behind those that follow it.
        for number in [2, 3, 1] { add(&machine, number, "a") }
        #expect(starts(&machine, at: 0) == [2])
        #expect(end(&machine, "a", 2, .predecessorOpen) == "keep")
        #expect(starts(&machine, at: 0) == [3])
        #expect(end(&machine, "a", 3, .predecessorOpen) == "keep")
        #expect(starts(&machine, at: 0) == [1])
        #expect(end(&machine, "a", 1, .done) == "acknowledge [1]")
        #expect(starts(&machine, at: 0) == [2])
        #expect(end(&machine, "a", 2, .done) == "acknowledge [2]")
        #expect(starts(&machine, at: 0) == [3])
    }

    @Test func aLaneWhosePredecessorIsElsewhereWaitsButNotForALateArrival() {
        var wake: Int64?
        var machine = Self.machine()
        for number in [2, 3] { add(&machine, number, "a") }
        for number in [2, 3] {
            #expect(starts(&machine, at: 0) == [number])
            _ = end(&machine, "a", number, .predecessorOpen)
        }
        #expect(starts(&machine, at: 0) == [])
        wake = machine.nextWake()
        #expect(wake == Machine.predecessorMilliseconds)
        add(&machine, 1, "a")
        #expect(starts(&machine, at: 1) == [2])
        _ = end(&machine, "a", 2, .predecessorOpen, at: 1)
        _ = starts(&machine, at: 1)
        _ = end(&machine, "a", 3, .predecessorOpen, at: 1)
        #expect(starts(&machine, at: 1) == [1])
        _ = end(&machine, "a", 1, .done, at: 1)
        #expect(starts(&machine, at: 1) == [2])
    }

    @Test func copiesOfOneMessageAreOneAttemptAndAreAcknowledgedTogether() {
        var machine = Self.machine()
        #expect(machine.arrived(10, lane: "a", id: Self.id(1), job: 1).isEmpty)
        #expect(starts(&machine, at: 0) == [1])
        #expect(machine.arrived(11, lane: "a", id: Self.id(1), job: 1).isEmpty)
        #expect(machine.arrived(12, lane: "a", id: Self.id(1), job: 1).isEmpty)
        #expect(machine.held == 3)
        #expect(end(&machine, "a", 1, .done) == "acknowledge [10, 11, 12]")
        #expect(machine.held == 0 && machine.lanes.isEmpty)
    }

    @Test func reconnectsLeaveNothingBehind() {
        var machine = Self.machine(running: 5, held: 69)
        var handle = 0
        var forgotten = 0
        // The store is away, the connection breaks again and again; half of what comes is new each time.
        for round in 0..<100 {
            for number in 0..<69 {
                handle += 1
                let message = number < 35 ? number : round * 100 + number
                forgotten +=
                    machine.arrived(
                        handle, lane: "lane \(message % 40)", id: Self.id(message), job: message
                    ).count
                while let start = machine.next(now: Int64(handle)) {
                    _ = machine.ended(
                        start.lane, job: start.job, end: .unavailable("down"), now: Int64(handle), unit: 0.5)
                }
            }
            #expect(machine.held <= 69)
        }
        #expect(forgotten + machine.held == handle)
        #expect(machine.lanes.values.reduce(0) { $0 + $1.entries.count } <= 69)
    }

    @Test func whatRunsIsNeverForgotten() {
        var machine = Self.machine(running: 2, held: 3)
        add(&machine, 1, "a")
        add(&machine, 2, "b")
        #expect(starts(&machine, at: 0) == [1, 2])
        add(&machine, 3, "c")
        #expect(machine.arrived(4, lane: "d", id: Self.id(4), job: 4) == [3])
        #expect(machine.arrived(5, lane: "d", id: Self.id(5), job: 5) == [4])
        #expect(end(&machine, "a", 1, .done) == "acknowledge [1]")
        #expect(end(&machine, "b", 2, .done) == "acknowledge [2]")
        #expect(starts(&machine, at: 0) == [5])
    }

    @Test func anAttemptThatTakesTooLongIsNamedOnce() {
        var wake: Int64?
        var machine = Self.machine()
        add(&machine, 1, "a")
        add(&machine, 2, "b")
        let first = machine.next(now: 0)
        let second = machine.next(now: 10)
        wake = machine.nextWake()
        #expect(wake == 300_000)
        #expect(end(&machine, "b", 2, .done, at: 20) == "acknowledge [2]")
        #expect(machine.overdue(now: 299_999).isEmpty)
        #expect(machine.overdue(now: 300_100) == [first?.serial].compactMap { $0 })
        #expect(machine.overdue(now: 300_100).isEmpty)
        wake = machine.nextWake()
        #expect(second != nil && wake == nil)
        // It still runs: nothing of its lane begins before it really has ended.
        add(&machine, 3, "a")
        #expect(starts(&machine, at: 400_000) == [])
        _ = end(&machine, "a", 1, .failed("took too long"), at: 400_000)
        #expect(starts(&machine, at: 500_000) == [1])
    }

    @Test func closingGivesBackWhatHasNotBegunAndLetsTheRestEnd() {
        var machine = Self.machine(running: 2)
        for (number, lane) in [(1, "a"), (2, "a"), (3, "b"), (4, "c"), (5, "d")] { add(&machine, number, lane) }
        #expect(starts(&machine, at: 0) == [1, 3])
        #expect(machine.pause() == [2, 4, 5])
        add(&machine, 6, "e")
        #expect(starts(&machine, at: 0) == [])
        #expect(machine.close() == [2, 4, 5, 6])
        #expect(machine.arrived(7, lane: "a", id: Self.id(7), job: 7) == [7])
        #expect(!machine.isOver)
        #expect(end(&machine, "a", 1, .done) == "acknowledge [1]")
        #expect(end(&machine, "b", 3, .failed("boom")) == "giveBack [3]")
        #expect(machine.isOver && machine.held == 0)
        #expect(starts(&machine, at: 99_999) == [])
    }

    @Test func whatFailsWhileThePauseLastsGoesBackWithTheOthers() {
        var machine = Self.machine(running: 2)
        add(&machine, 1, "a")
        add(&machine, 2, "a")
        #expect(starts(&machine, at: 0) == [1])
        _ = machine.pause()
        #expect(end(&machine, "a", 1, .failed("boom")) == "keep")
        #expect(machine.close() == [1, 2])
        #expect(machine.isOver)
    }
}
