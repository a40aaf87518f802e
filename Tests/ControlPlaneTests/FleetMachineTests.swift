import ControlPlane
import Domain
import Support
import Testing

struct FleetMachineTests {
    private let wall = Timestamp(milliseconds: 1_000_000_000_000)
    var machine = FleetMachine()

    private func states(_ machine: FleetMachine, _ now: Int64) -> [String] {
        machine.list(now: now).map { "\($0.report.id) \($0.status.rawValue) \($0.report.revision)" }
    }

    private func laggards(_ machine: FleetMachine, _ revision: Int64, _ now: Int64) -> [String] {
        machine.laggards(behind: revision, now: now).map(\.report.id)
    }

    @Test mutating func nodesAreListedAsTheyReport() {
        let news1 = machine.receive(Samples.report("b", revision: 3), at: wall, now: 0)
        #expect(news1)
        let news2 = machine.receive(Samples.report("a", revision: 2, status: .draining), at: wall, now: 0)
        #expect(news2)
        let news3 = machine.receive(Samples.report("b", revision: 4), at: wall, now: 1000)
        #expect(!news3)
        #expect(states(machine, 1000) == ["a draining 2", "b ready 4"])
    }

    @Test mutating func whoIsSilentForSixSecondsIsStale() {
        machine.receive(Samples.report("a", revision: 1), at: wall, now: 100)
        #expect(states(machine, 6099) == ["a ready 1"])
        #expect(states(machine, 6100) == ["a stale 1"])
        machine.receive(Samples.report("a", revision: 1), at: wall, now: 7000)
        #expect(states(machine, 7000) == ["a ready 1"])
    }

    @Test mutating func laggardsAreTheLiveOnesBehindAndTheFailed() {
        machine.receive(Samples.report("ahead", revision: 9), at: wall, now: 0)
        machine.receive(Samples.report("behind", revision: 4), at: wall, now: 2000)
        machine.receive(Samples.report("starting", revision: 0, status: .starting), at: wall, now: 1000)
        machine.receive(Samples.report("draining", revision: 0, status: .draining), at: wall, now: 0)
        machine.receive(Samples.report("failed", revision: 9, status: .failed), at: wall, now: 3000)
        #expect(laggards(machine, 5, 3000) == ["behind", "failed", "starting"])
        #expect(machine.nextSilence(behind: 5, now: 3000) == 7000)
        #expect(laggards(machine, 4, 3000) == ["failed", "starting"])
        #expect(laggards(machine, 5, 7000) == ["behind", "failed"])
        #expect(laggards(machine, 5, 9000) == [])
        #expect(machine.nextSilence(behind: 5, now: 9000) == nil)
        #expect(laggards(FleetMachine(), 5, 0) == [])
    }

    @Test mutating func aLateWordOfAFormerLifeIsIgnored() {
        machine.receive(Samples.report("a", revision: 5, instance: "new", startedAt: 200), at: wall, now: 0)
        let news4 = machine.receive(Samples.report("a", revision: 9, instance: "old", startedAt: 100), at: wall, now: 1)
        #expect(!news4)
        #expect(states(machine, 1) == ["a ready 5"])
        let news5 = machine.receive(
            Samples.report("a", revision: 0, instance: "newer", startedAt: 300), at: wall, now: 2)
        #expect(news5)
        #expect(states(machine, 2) == ["a ready 0"])
    }

    @Test mutating func theDeadAreForgottenAfterADay() {
        machine.receive(Samples.report("a", revision: 5), at: wall, now: 0)
        machine.prune(now: FleetMachine.forgetAfter - 1)
        #expect(states(machine, FleetMachine.forgetAfter - 1) == ["a stale 5"])
        machine.prune(now: FleetMachine.forgetAfter)
        #expect(states(machine, FleetMachine.forgetAfter) == [])
    }

    @Test mutating func whoWasLiveBeforeARestartIsWaitedForAWhile() {
        let sightings = [
            NodeSighting(report: Samples.report("live", revision: 1), lastSeenAt: wall.adding(milliseconds: -9000)),
            NodeSighting(report: Samples.report("dead", revision: 1), lastSeenAt: wall.adding(milliseconds: -60_000)),
        ]
        machine.restore(sightings, at: wall, now: 50)
        #expect(states(machine, 50) == ["dead stale 1", "live ready 1"])
        #expect(laggards(machine, 2, 50) == ["live"])
        #expect(states(machine, 6050) == ["dead stale 1", "live stale 1"])
        machine.prune(now: FleetMachine.forgetAfter - 59_000)
        #expect(states(machine, FleetMachine.forgetAfter - 59_000) == ["live stale 1"])
    }

    @Test mutating func reportsMissedByUsAreNotTheNodesSilence() {
        machine.receive(Samples.report("dead", revision: 1), at: wall, now: 0)
        machine.receive(Samples.report("live", revision: 1), at: wall, now: 20_000)
        // The broker was away from 20 s to 60 s.
        #expect(states(machine, 60_000) == ["dead stale 1", "live stale 1"])
        machine.resume(now: 60_000)
        #expect(states(machine, 60_000) == ["dead stale 1", "live ready 1"])
        #expect(states(machine, 66_000) == ["dead stale 1", "live stale 1"])
    }

    @Test mutating func theNumberOfNodesIsBounded() {
        for index in 0..<FleetMachine.capacity + 10 {
            machine.receive(Samples.report("n\(index)", revision: 1), at: wall, now: Int64(index))
        }
        let ids = Set(machine.list(now: 0).map(\.report.id))
        #expect(ids.count == FleetMachine.capacity)
        #expect(!ids.contains("n9"))
        #expect(ids.contains("n10"))
    }
}
