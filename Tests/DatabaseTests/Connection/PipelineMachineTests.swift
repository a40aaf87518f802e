import Testing

@testable import Database

@Suite struct PipelineMachineTests {
    private static let start = ContinuousClock.now

    private static func request(_ id: UInt64, repeatable: Bool = true, seconds: Int = 30) -> PipelineMachine.Request {
        PipelineMachine.Request(id: id, isRepeatable: repeatable, deadline: start + .seconds(seconds))
    }

    /// A machine with batches 1…count under way, one plain statement each.
    private static func machine(flying count: UInt64, repeatable: Bool = true, limit: Int = 64) -> PipelineMachine {
        var machine = PipelineMachine(limit: limit)
        for id in 1...count {
            machine.submit(request(id, repeatable: repeatable))
            machine.sent(id, steps: [.execute])
        }
        return machine
    }

    private func answer(_ machine: inout PipelineMachine, _ outcome: PipelineMachine.Outcome) -> [PipelineMachine
        .Action]
    {
        [outcome, .end, .sync].map { machine.received($0) }
    }

    @Test func batchesAreAnsweredInOrder() {
        var machine = Self.machine(flying: 2)
        #expect(answer(&machine, .value) == [.keepResult(1), .none, .finish(1, .deliver)])
        #expect(answer(&machine, .failure(.other)) == [.keepError(2), .none, .finish(2, .deliver)])
        #expect(machine.isIdle)
    }

    @Test func afterAFailureTheRestOfTheBatchIsSkipped() {
        var machine = PipelineMachine()
        machine.submit(Self.request(1))
        machine.sent(1, steps: [.execute, .prepare("p"), .execute])
        #expect(machine.received(.failure(.other)) == .keepError(1))
        #expect(machine.received(.end) == .none)
        #expect(machine.received(.skipped) == .forget(statement: "p", failing: 1))
        #expect(machine.received(.end) == .none)
        #expect(machine.received(.skipped) == .none)
        #expect(machine.received(.end) == .none)
        #expect(machine.received(.sync) == .finish(1, .deliver))
    }

    @Test func aStatementIsConfirmedWhenTheServerHasPreparedIt() {
        var machine = PipelineMachine()
        machine.submit(Self.request(1))
        machine.sent(1, steps: [.housekeeping, .prepare("p"), .execute])
        #expect(machine.received(.value) == .none)
        #expect(machine.received(.end) == .none)
        #expect(machine.received(.value) == .confirm(statement: "p"))
        #expect(machine.received(.end) == .none)
        #expect(machine.received(.value) == .keepResult(1))
    }

    @Test func onlySoManyAreUnderWay() {
        var machine = Self.machine(flying: 2, limit: 2)
        machine.submit(Self.request(3))
        #expect(machine.nextToSend() == nil)
        _ = answer(&machine, .value)
        #expect(machine.nextToSend()?.id == 3)
    }

    @Test func aScriptRunsAlone() {
        var machine = Self.machine(flying: 1)
        var script = Self.request(2, repeatable: false)
        script.isScript = true
        machine.submit(script)
        machine.submit(Self.request(3))
        #expect(machine.nextToSend() == nil)
        _ = answer(&machine, .value)
        #expect(machine.nextToSend()?.id == 2)
        machine.sent(2, steps: [])
        #expect(machine.nextToSend() == nil)
        #expect(machine.received(.value) == .none)
        #expect(machine.received(.end) == .finish(2, .deliver))
        #expect(machine.nextToSend()?.id == 3)
    }

    @Test func whatWaitsIsWithdrawnAtOnce() {
        var machine = PipelineMachine()
        machine.submit(Self.request(1))
        #expect(machine.interrupt(1, .caller) == .finish(1, .interrupted(.caller)))
        #expect(machine.isIdle)
        #expect(machine.interrupt(1, .caller) == .none)
    }

    @Test func whatRunsEndsWithTheServersAnswer() {
        var machine = Self.machine(flying: 1)
        #expect(machine.interrupt(1, .deadline) == .none)
        #expect(machine.takeCancelRequest(now: Self.start) == true)
        #expect(machine.takeCancelRequest(now: Self.start) == false)
        #expect(answer(&machine, .failure(.canceled)).last == .finish(1, .interrupted(.deadline)))
        machine.cancelFinished()
        #expect(machine.isIdle)
    }

    @Test func aResultThatOutranTheCancelCounts() {
        var machine = Self.machine(flying: 1)
        _ = machine.interrupt(1, .caller)
        _ = machine.takeCancelRequest(now: Self.start)
        #expect(answer(&machine, .value).last == .finish(1, .deliver))
    }

    @Test func aCancelRequestThatHitNothingIsSentAgain() {
        var machine = Self.machine(flying: 1)
        _ = machine.interrupt(1, .caller)
        #expect(machine.takeCancelRequest(now: Self.start) == true)
        #expect(machine.takeCancelRequest(now: Self.start + .seconds(1)) == false, "one at a time")
        machine.cancelFinished()
        let again = Self.start + PipelineMachine.cancelInterval
        #expect(machine.takeCancelRequest(now: again - .milliseconds(1)) == false)
        #expect(machine.nextDeadline == again)
        #expect(machine.takeCancelRequest(now: again) == true)
        machine.submit(Self.request(2))
        #expect(answer(&machine, .failure(.canceled)).last == .finish(1, .interrupted(.caller)))
        #expect(machine.nextToSend() == nil, "the second request may still hit")
        machine.cancelFinished()
        #expect(machine.nextToSend()?.id == 2)
        #expect(machine.takeCancelRequest(now: again + .seconds(1)) == false)
    }

    @Test func nothingIsSentWhileACancelMayStillHit() {
        var machine = Self.machine(flying: 2)
        _ = machine.interrupt(1, .caller)
        _ = machine.takeCancelRequest(now: Self.start)
        machine.submit(Self.request(3))
        _ = answer(&machine, .failure(.canceled))
        #expect(machine.nextToSend() == nil)
        machine.cancelFinished()
        #expect(machine.nextToSend() == nil, "batch 2 was under way when the request was sent")
        _ = answer(&machine, .value)
        #expect(machine.nextToSend()?.id == 3)
    }

    @Test func anInnocentVictimRunsAgainOnce() {
        var machine = Self.machine(flying: 2)
        _ = machine.interrupt(1, .caller)
        _ = machine.takeCancelRequest(now: Self.start)
        #expect(answer(&machine, .value).last == .finish(1, .deliver))
        #expect(answer(&machine, .failure(.canceled)).last == .repeatBatch(2))
        machine.cancelFinished()
        #expect(machine.nextToSend()?.id == 2)
        machine.sent(2, steps: [.execute])
        #expect(answer(&machine, .failure(.canceled)).last == .finish(2, .deliver))
    }

    @Test func aVictimInATransactionIsTold() {
        var machine = Self.machine(flying: 2, repeatable: false)
        _ = machine.interrupt(1, .caller)
        _ = machine.takeCancelRequest(now: Self.start)
        _ = answer(&machine, .value)
        #expect(answer(&machine, .failure(.canceled)).last == .finish(2, .deliver))
    }

    @Test func aStaleStatementRunsAgainOnce() {
        var machine = Self.machine(flying: 1)
        #expect(answer(&machine, .failure(.stale)).last == .repeatBatch(1))
        machine.sent(1, steps: [.execute])
        #expect(answer(&machine, .failure(.stale)).last == .finish(1, .deliver))
    }

    @Test func whatIsBehindAnotherIsAbandonedAndCancelledInItsTurn() {
        var machine = Self.machine(flying: 2)
        #expect(machine.interrupt(2, .deadline) == .finish(2, .interrupted(.deadline)))
        #expect(machine.takeCancelRequest(now: Self.start) == false)
        _ = answer(&machine, .value)
        #expect(machine.takeCancelRequest(now: Self.start) == true)
        #expect(answer(&machine, .value) == [.none, .none, .discard(2)])
    }

    @Test func timeRunsOut() {
        var machine = PipelineMachine(grace: .seconds(5))
        machine.submit(Self.request(1, seconds: 1))
        machine.sent(1, steps: [.execute])
        machine.submit(Self.request(2, seconds: 2))
        #expect(machine.nextDeadline == Self.start + .seconds(1))
        #expect(machine.expired(now: Self.start + .milliseconds(999)) == [])
        #expect(machine.expired(now: Self.start + .seconds(2)) == [2, 1])
        _ = machine.interrupt(1, .deadline)
        _ = machine.takeCancelRequest(now: Self.start + .seconds(1))
        #expect(machine.nextDeadline == Self.start + .seconds(2))
        #expect(!machine.isStuck(now: Self.start + .seconds(5)))
        #expect(machine.isStuck(now: Self.start + .seconds(6)))
    }

    @Test func aLostConnectionTellsWhatWasSent() {
        var machine = Self.machine(flying: 3)
        machine.submit(Self.request(4))
        _ = machine.interrupt(3, .caller)
        let lost = machine.lost()
        #expect(lost.map(\.id) == [1, 2, 4])
        #expect(lost.map(\.sent) == [true, true, false])
        #expect(!machine.expectsResults)
    }

    @Test func answersThatFitNothingAreViolations() {
        var idle = PipelineMachine()
        guard case .violation = idle.received(.value) else { return #expect(Bool(false)) }
        var early = Self.machine(flying: 1)
        guard case .violation = early.received(.sync) else { return #expect(Bool(false)) }
        var late = Self.machine(flying: 1)
        _ = late.received(.value)
        _ = late.received(.end)
        guard case .violation = late.received(.value) else { return #expect(Bool(false)) }
    }
}

@Suite struct StatementCacheTests {
    private func key(_ sql: String) -> StatementCache.Key { StatementCache.Key(sql: sql, types: []) }

    @Test func aStatementIsNamelessWhileItIsBeingPrepared() {
        var cache = StatementCache(limit: 2)
        guard case .prepare(let name, nil) = cache.use(key("a")) else { return #expect(Bool(false)) }
        #expect(cache.use(key("a")) == .unnamed)
        cache.confirm(name)
        #expect(cache.use(key("a")) == .ready(name))
        cache.forget(name)
        guard case .prepare(let other, nil) = cache.use(key("a")) else { return #expect(Bool(false)) }
        #expect(other != name)
    }

    @Test func theLongestUnusedLeaves() {
        var cache = StatementCache(limit: 2)
        guard case .prepare(let a, nil) = cache.use(key("a")), case .prepare(let b, nil) = cache.use(key("b")) else {
            return #expect(Bool(false))
        }
        #expect(cache.use(key("c")) == .unnamed, "nothing is ready to be forgotten")
        cache.confirm(a)
        cache.confirm(b)
        #expect(cache.use(key("a")) == .ready(a))
        guard case .prepare(_, let forgotten) = cache.use(key("c")) else { return #expect(Bool(false)) }
        #expect(forgotten == b)
        #expect(cache.count == 2)
    }

    @Test func aCacheOfNothingNamesNothing() {
        var cache = StatementCache(limit: 0)
        #expect(cache.use(key("a")) == .unnamed)
    }
}
