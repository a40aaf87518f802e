import Domain
import JSONCoding
import Testing

@testable import ConfigSync

@Suite struct ConfigSyncMachineTests {
    private func following(_ world: World) -> ConfigSyncMachine {
        var machine = ConfigSyncMachine()
        _ = machine.bound()
        _ = machine.received(.init(state: world.state))
        return machine
    }

    @Test func bindsReadsFollows() {
        var world = World.acme
        var machine = ConfigSyncMachine()
        let bound = machine.bound()
        #expect(bound.read == .init() && bound.changes == nil && !machine.hasState)
        let read = machine.received(.init(state: world.state))
        #expect(read.changes == .whole && read.read == nil && machine.state.revision == 3)
        world.putChannel("wa3")
        let step = machine.received(world.changes(after: 3)[0])
        #expect(step.changes == ConfigChanges(entities: [.channel("wa3")]) && step.read == nil)
        #expect(machine.state.contentHash == world.state.contentHash)
    }

    /// What arrives between binding and the snapshot's arrival is partly in the snapshot.
    @Test func changesDuringTheReadAreAppliedOnceAndInOrder() {
        var world = World.acme
        var machine = ConfigSyncMachine()
        _ = machine.bound()
        world.putTenant("beta")
        let snapshot = world.state
        world.putChannel("wa3")
        world.remove(.channel("wa1"))
        for change in world.changes(after: 2).reversed() { #expect(machine.received(change).changes == nil) }
        let step = machine.received(.init(state: snapshot))
        #expect(step.changes?.isWhole == true && step.read == nil)
        #expect(machine.state.revision == world.revision && machine.state.contentHash == world.state.contentHash)
    }

    @Test func duplicatesAreIgnored() {
        let world = World.acme
        var machine = following(world)
        for change in world.changes(after: 0) { #expect(machine.received(change) == .init()) }
        #expect(machine.state.contentHash == world.state.contentHash)
    }

    @Test func aGapIsReadAgain() {
        var world = World.acme
        var machine = following(world)
        world.putTenant("beta")
        world.putTenant("gamma")
        world.putTenant("delta")
        let missed = world.changes(after: 4)
        let step = machine.received(missed[0])
        #expect(step.notes == [.gap(after: 3, received: 5)] && step.read == .init(since: 3) && step.changes == nil)
        #expect(machine.received(missed[1]) == .init())
        let read = machine.received(.init(state: world.state))
        #expect(
            read.changes == ConfigChanges(entities: [.tenant("beta"), .tenant("gamma"), .tenant("delta")]))
        #expect(read.read == nil && machine.state.revision == 6)
    }

    @Test func aLateChangeClosesTheGapBeforeTheSnapshotDoes() {
        var world = World.acme
        var machine = following(world)
        world.putTenant("beta")
        world.putTenant("gamma")
        let changes = world.changes(after: 3)
        _ = machine.received(changes[1])
        let step = machine.received(changes[0])
        #expect(step.changes == ConfigChanges(entities: [.tenant("beta"), .tenant("gamma")]))
        #expect(machine.receivedUnchanged() == .init())
    }

    /// The snapshot was read before what the fanout has already told.
    @Test func aSnapshotOlderThanTheGapIsReadAgainMoreAndMoreSlowly() {
        var world = World.acme
        var machine = following(world)
        let old = world.state
        for _ in 0..<3 { world.putTenant("beta") }
        _ = machine.received(world.changes(after: 5)[0])
        var delays: [Int64] = []
        for _ in 0..<9 { delays.append(machine.received(.init(state: old)).read?.afterMilliseconds ?? -1) }
        #expect(delays == [50, 100, 200, 400, 800, 1600, 3200, 5000, 5000])
        let step = machine.received(.init(state: world.state))
        #expect(step.read == nil && machine.state.revision == 6)
    }

    @Test func aSnapshotThatIsOvertakenByChangesChangesNothing() {
        var world = World.acme
        var machine = following(world)
        _ = machine.bound()
        let old = world.state
        world.putChannel("wa3")
        _ = machine.received(world.changes(after: 3)[0])
        let step = machine.received(.init(state: old))
        #expect(step == .init() && machine.state.revision == 4)
    }

    @Test func aLostConnectionIsReadAgain() {
        var world = World.acme
        var machine = following(world)
        world.putTenant("missed")
        #expect(machine.bound().read == .init(since: 3))
        #expect(machine.received(.init(state: world.state)).changes == ConfigChanges(entities: [.tenant("missed")]))
    }

    /// The read under way began before the queue was bound anew: what was published in between is in neither.
    @Test func boundAnewDuringAReadReadsOnceMore() {
        var world = World.acme
        var machine = ConfigSyncMachine()
        _ = machine.bound()
        let old = world.state
        world.putTenant("missed")
        #expect(machine.bound().read == nil)
        #expect(machine.received(.init(state: old)).read == .init(since: 3))
        #expect(machine.received(.init(state: world.state)).read == nil)
        #expect(machine.state.revision == 4)
    }

    @Test func whatFollowsWithoutAGapNeedsNoSnapshot() {
        var world = World.acme
        var machine = following(world)
        _ = machine.bound()
        world.putTenant("beta")
        #expect(machine.received(world.changes(after: 3)[0]).changes == ConfigChanges(entities: [.tenant("beta")]))
    }

    @Test func tooManyWaitingAreDroppedAndReadOnceMore() {
        var world = World.acme
        var machine = ConfigSyncMachine(bufferLimit: 2)
        _ = machine.bound()
        for _ in 0..<4 { world.putTenant("beta") }
        let old = world
        let notes = world.changes(after: 3).flatMap { machine.received($0).notes }
        #expect(notes == [.tooManyWaiting])
        world.putTenant("gamma")
        let step = machine.received(.init(state: old.state))
        #expect(step.read == .init(since: 7))
        #expect(machine.received(.init(state: world.state)).read == nil && machine.state.revision == 8)
    }

    @Test func anIllegibleMessageIsReadAround() {
        let world = World.acme
        var machine = following(world)
        let step = machine.receivedIllegible()
        #expect(step.notes == [.illegible] && step.read == .init(since: 3))
        #expect(machine.receivedIllegible().read == nil)
        #expect(machine.receivedUnchanged().read == .init(since: 3))
        #expect(machine.receivedUnchanged() == .init())
    }

    @Test func kindsOfLaterVersionsArePassedOver() {
        let world = World.acme
        var machine = following(world)
        let step = machine.received(.init(revision: 4, kind: .unknownEntity))
        #expect(step.changes == ConfigChanges() && machine.state.revision == 4)
        let function = ConfigEvent(
            revision: 5, entity: .function, operation: .upsert, id: "f", tenantID: "acme", data: [:])
        #expect(machine.received(.init(revision: 5, kind: .event(function))).changes == ConfigChanges())
        #expect(machine.state.contentHash == world.state.contentHash)
    }

    @Test func theUnreadableKeepsTheLastGoodUntilItHeals() {
        var world = World.acme
        var machine = following(world)
        let bad = ConfigEvent(
            revision: 4, entity: .channel, operation: .upsert, id: "wa1", tenantID: "acme", data: ["id": "wa1"])
        let step = machine.received(.init(revision: 4, kind: .event(bad)))
        #expect(step.notes.count == 1 && machine.unreadable[.channel("wa1")]?.revision == 4)
        #expect(machine.state.channels["wa1"] == world.channels["wa1"] && machine.state.revision == 4)
        world.revision = 4
        world.putChannel("wa1")
        _ = machine.received(world.changes(after: 4)[0])
        #expect(machine.unreadable.isEmpty && machine.state.channels["wa1"] == world.channels["wa1"])
    }

    @Test func anotherEntityThanTheEventNamesIsRefused() {
        let world = World.acme
        var machine = following(world)
        let event = ConfigEvent(
            revision: 4, entity: .channel, operation: .upsert, id: "wa2", tenantID: "acme",
            data: world.channels["wa1"]?.json ?? .null)
        _ = machine.received(.init(revision: 4, kind: .event(event)))
        #expect(machine.unreadable.keys.contains(.channel("wa2")))
    }

    @Test func theUnreadableOfASnapshotKeepsTheLastGoodToo() {
        var world = World.acme
        var machine = following(world)
        let good = world.channels["wa1"]
        world.putChannel("wa1")
        var snapshot = world.state
        snapshot.remove(.channel("wa1"))
        _ = machine.bound()
        let refusal = ConfigRefusal(entity: .channel("wa1"), revision: 4, reason: "x")
        _ = machine.received(.init(state: snapshot, unreadable: [refusal]))
        #expect(machine.state.channels["wa1"] == good && machine.unreadable == [.channel("wa1"): refusal])
        #expect(machine.state.revision == 4)
    }

    @Test func theCacheServesUntilTheControlPlaneConfirms() {
        var world = World.acme
        var machine = ConfigSyncMachine()
        #expect(machine.restored(world.state).changes == .whole)
        #expect(machine.bound().read == .init(since: nil))
        world.putTenant("beta")
        #expect(machine.received(world.changes(after: 3)[0]).changes == ConfigChanges(entities: [.tenant("beta")]))
        let step = machine.received(.init(state: world.state))
        #expect(step == .init())
        #expect(machine.checkDue().read == .init(since: 4))
    }

    /// A database that was restored, or a cache of another one: the control plane is right, but not at its first word.
    @Test func aReplacedHistoryWinsAtTheSecondReading() {
        var machine = ConfigSyncMachine()
        var other = World.acme
        for _ in 0..<20 { other.putTenant("old") }
        _ = machine.restored(other.state)
        _ = machine.bound()
        let world = World.acme
        let first = machine.received(.init(state: world.state))
        #expect(first.changes == nil && first.read == .init(afterMilliseconds: 200))
        let second = machine.received(.init(state: world.state))
        #expect(second.notes == [.historyReplaced(from: 23, to: 3)] && second.changes == .whole)
        #expect(machine.state.contentHash == world.state.contentHash && machine.state.revision == 3)
    }

    @Test func driftIsFoundAndHealed() {
        let world = World.acme
        var machine = following(world)
        var other = world
        other.channels["wa1"]?.config["webhookVerifyToken"] = "changed behind our back"
        _ = machine.bound()
        let step = machine.received(.init(state: other.state))
        #expect(step.notes == [.drift(revision: 3)] && step.changes == .whole)
        #expect(machine.state.contentHash == other.state.contentHash)
    }

    @Test func answersToNoQuestionAreIgnored() {
        var machine = ConfigSyncMachine()
        #expect(machine.received(.init(state: World.acme.state)) == .init() && !machine.hasState)
        #expect(machine.receivedUnchanged() == .init())
    }

    /// Any order of anything: it ends where the control plane is, and asks for at most one read at a time.
    @Test func everyAwkwardOrder() {
        var random = Seeded(state: 0xC0FFEE)
        for round in 0..<3000 {
            var world = World.acme
            var machine = ConfigSyncMachine(bufferLimit: 5)
            /// What the server gave to the read under way, if it has answered yet.
            var isReading = false
            var answer: ConfigState?
            var published = Int64(3)
            var lost = false
            func take(_ step: ConfigSyncMachine.Step) {
                guard step.read != nil else { return }
                #expect(!isReading, "round \(round): two reads at once")
                isReading = true
            }
            take(machine.bound())
            for _ in 0..<Int.random(in: 5..<40, using: &random) {
                switch Int.random(in: 0..<10, using: &random) {
                case 0...3:
                    if Bool.random(using: &random) {
                        world.putChannel("c\(Int.random(in: 0..<5, using: &random))")
                    } else {
                        world.remove(.channel("c\(Int.random(in: 0..<5, using: &random))"))
                    }
                case 4...5:
                    for change in world.changes(after: published) {
                        if !lost { take(machine.received(change)) }
                    }
                    published = world.revision
                case 6: if isReading && answer == nil { answer = world.state }
                case 7:
                    if let state = answer {
                        isReading = false
                        answer = nil
                        take(machine.received(.init(state: state)))
                    }
                case 8: lost = true
                default:
                    if lost {
                        lost = false
                        take(machine.bound())
                    } else if let change = world.changes(after: 0).randomElement(using: &random),
                        change.revision <= published
                    {
                        take(machine.received(change))
                    }
                }
            }
            if lost { take(machine.bound()) }
            for change in world.changes(after: published) { take(machine.received(change)) }
            for _ in 0..<10 where isReading {
                isReading = false
                let state = answer ?? world.state
                answer = nil
                take(machine.received(.init(state: state)))
            }
            let same = machine.state.revision == world.revision && machine.state.contentHash == world.state.contentHash
            #expect(same && !isReading, "round \(round)")
        }
    }
}

struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
