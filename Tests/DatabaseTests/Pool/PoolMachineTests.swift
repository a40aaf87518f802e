import Testing

@testable import Database

@Suite struct PoolMachineTests {
    private static let start = ContinuousClock.now
    private static let fault = DatabaseError(.connectFailed, message: "nobody listens")

    private static func limits(size: Int = 2, queue: Int = 10, depth: Int = 2) -> PoolMachine.Limits {
        var limits = PoolMachine.Limits()
        limits.size = size
        limits.queue = queue
        limits.depth = depth
        return limits
    }

    /// A running machine with one idle connection, 1.
    private static func up(size: Int = 2, queue: Int = 10, depth: Int = 2) -> PoolMachine {
        var machine = PoolMachine(limits(size: size, queue: queue, depth: depth))
        #expect(machine.start(now: start) == [.connect(1)])
        #expect(machine.connected(1, now: start) == [.up])
        return machine
    }

    @Test func whoeverComesEarlyWaits() {
        var machine = PoolMachine(Self.limits())
        #expect(machine.acquire(1, .shared, now: Self.start) == [])
        #expect(machine.start(now: Self.start) == [.connect(1)])
        #expect(!machine.isUp)
        #expect(machine.connected(1, now: Self.start) == [.up, .grant(1, 1)])
        #expect(machine.isUp)
    }

    @Test func connectionsAreMadeAsTheyAreNeeded() {
        var machine = Self.up()
        #expect(machine.acquire(1, .exclusive, now: Self.start) == [.grant(1, 1)])
        #expect(machine.acquire(2, .exclusive, now: Self.start) == [.connect(2)])
        #expect(machine.acquire(3, .exclusive, now: Self.start) == [])
        #expect(machine.connected(2, now: Self.start) == [.grant(2, 2)])
        #expect(machine.release(1, now: Self.start) == [.grant(3, 1)])
    }

    @Test func batchesShareWhatIsBusy() {
        var machine = Self.up(size: 1)
        #expect(machine.acquire(1, .shared, now: Self.start) == [.grant(1, 1)])
        #expect(machine.acquire(2, .shared, now: Self.start) == [.grant(2, 1)])
        #expect(machine.acquire(3, .shared, now: Self.start) == [], "two share at most")
        #expect(machine.release(1, now: Self.start) == [.grant(3, 1)])
    }

    @Test func sharingMakesThePoolGrow() {
        var machine = Self.up(size: 2)
        _ = machine.acquire(1, .shared, now: Self.start)
        #expect(machine.acquire(2, .shared, now: Self.start) == [.grant(2, 1), .connect(2)])
    }

    @Test func anExclusiveWaiterIsNotPassedOver() {
        var machine = Self.up(size: 1, depth: 10)
        _ = machine.acquire(1, .shared, now: Self.start)
        #expect(machine.acquire(2, .exclusive, now: Self.start) == [])
        #expect(machine.acquire(3, .shared, now: Self.start) == [])
        #expect(machine.release(1, now: Self.start) == [.grant(2, 1)])
        #expect(machine.release(1, now: Self.start) == [.grant(3, 1)])
    }

    @Test func waitingEnds() {
        var machine = Self.up(size: 1, queue: 2)
        _ = machine.acquire(1, .exclusive, now: Self.start)
        _ = machine.acquire(2, .shared, now: Self.start)
        _ = machine.acquire(3, .shared, now: Self.start + .seconds(1))
        #expect(machine.acquire(4, .shared, now: Self.start) == [.refuse(4, .queueFull)])
        #expect(machine.nextDeadline == Self.start + .seconds(5))
        #expect(machine.tick(now: Self.start + .seconds(5)) == [.refuse(2, .timedOut)])
        #expect(machine.withdraw(3) == true)
        #expect(machine.withdraw(3) == false)
        #expect(machine.release(1, now: Self.start) == [])
    }

    @Test func aDatabaseThatIsDownRefusesAtOnceAndIsTriedAgain() {
        var machine = PoolMachine(Self.limits())
        _ = machine.acquire(1, .shared, now: Self.start)
        _ = machine.start(now: Self.start)
        #expect(
            machine.lost(1, Self.fault, now: Self.start, jitter: 1) == [
                .down(Self.fault), .refuse(1, .down(Self.fault)),
            ])
        #expect(machine.acquire(2, .shared, now: Self.start) == [.refuse(2, .down(Self.fault))])
        #expect(machine.nextDeadline == Self.start + .milliseconds(50))
        #expect(machine.tick(now: Self.start + .milliseconds(49)) == [])
        #expect(machine.tick(now: Self.start + .milliseconds(50)) == [.connect(2)])
        #expect(machine.lost(2, Self.fault, now: Self.start, jitter: 1) == [])
        #expect(machine.nextDeadline == Self.start + .milliseconds(100))
        for id in 3...20 {
            #expect(machine.tick(now: Self.start + .seconds(100)) == [.connect(id)])
            _ = machine.lost(id, Self.fault, now: Self.start, jitter: 0)
        }
        #expect(machine.nextDeadline == Self.start + .seconds(1), "half of the cap, without jitter")
        _ = machine.tick(now: Self.start + .seconds(100))
        #expect(machine.connected(21, now: Self.start) == [.up])
        #expect(machine.acquire(3, .shared, now: Self.start) == [.grant(3, 21)])
    }

    @Test func aLostConnectionIsReplacedAndItsReleaseIgnored() {
        var machine = Self.up(size: 1)
        _ = machine.acquire(1, .exclusive, now: Self.start)
        #expect(machine.lost(1, Self.fault, now: Self.start, jitter: 0) == [.connect(2)])
        #expect(machine.isUp, "not before it cannot be reached")
        #expect(machine.release(1, now: Self.start) == [])
        #expect(machine.acquire(2, .shared, now: Self.start) == [])
        #expect(machine.connected(2, now: Self.start) == [.grant(2, 2)])
    }

    @Test func oneRefusedConnectionAmongOthersHarmsNobody() {
        var machine = Self.up(size: 2)
        _ = machine.acquire(1, .exclusive, now: Self.start)
        #expect(machine.acquire(2, .exclusive, now: Self.start) == [.connect(2)])
        #expect(machine.lost(2, Self.fault, now: Self.start, jitter: 0) == [])
        #expect(machine.isUp)
        #expect(machine.release(1, now: Self.start) == [.grant(2, 1)])
    }

    @Test func idleConnectionsAboveTheMinimumGo() {
        var machine = Self.up()
        _ = machine.acquire(1, .exclusive, now: Self.start)
        _ = machine.acquire(2, .exclusive, now: Self.start)
        _ = machine.connected(2, now: Self.start)
        _ = machine.release(2, now: Self.start)
        _ = machine.release(1, now: Self.start + .seconds(1))
        #expect(machine.nextDeadline == Self.start + .seconds(30))
        #expect(machine.tick(now: Self.start + .seconds(30)) == [.close(2)])
        #expect(machine.nextDeadline == nil)
        #expect(machine.tick(now: Self.start + .seconds(300)) == [])
        #expect(machine.lost(2, nil, now: Self.start, jitter: 0) == [])
    }

    @Test func closingWaitsForUsers() {
        var machine = Self.up()
        _ = machine.acquire(1, .exclusive, now: Self.start)
        _ = machine.acquire(2, .exclusive, now: Self.start)
        #expect(Set(machine.close().map { "\($0)" }) == ["refuse(2, Database.PoolMachine.Refusal.closed)", "close(2)"])
        #expect(machine.acquire(3, .shared, now: Self.start) == [.refuse(3, .closed)])
        #expect(machine.lost(2, nil, now: Self.start, jitter: 0) == [])
        #expect(machine.release(1, now: Self.start) == [.close(1)])
        #expect(machine.lost(1, nil, now: Self.start, jitter: 0) == [.finished])
        #expect(machine.close() == [])
    }

    @Test func closingBeforeTheStartEndsAtOnce() {
        var machine = PoolMachine(Self.limits())
        #expect(machine.close() == [.finished])
        #expect(machine.start(now: Self.start) == [])
    }
}
