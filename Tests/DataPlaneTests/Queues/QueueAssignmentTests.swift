import Domain
import Testing

@testable import DataPlane

@Suite struct QueueAssignmentTests {
    static func queues(_ tenants: Int) -> Set<QueueName> {
        Set(
            (0..<tenants).flatMap { tenant in
                Direction.allCases.map {
                    QueueName(tenantID: "tenant-\(tenant)", channel: .whatsapp, direction: $0)
                }
            })
    }

    @Test func everyQueueHasOneOwnerAndNobodyTakesAnOthersShare() {
        let queues = Self.queues(50)
        let nodes: Set<String> = ["a", "b", "c"]
        var machines = nodes.map { QueueAssignment(ownID: $0) }
        var seen: [QueueName: Int] = [:]
        for index in machines.indices {
            for queue in machines[index].update(queues: queues, workers: nodes).start { seen[queue, default: 0] += 1 }
        }
        #expect(seen.count == queues.count && seen.values.allSatisfy { $0 == 1 })
    }

    @Test func twoNodesShareTwentyTenantsFairlyWhateverTheirNames() {
        let queues = Self.queues(20)
        for round in 0..<300 {
            let nodes: Set<String> = ["node-\(round)", "other-\(round * 7)"]
            let owners = QueueAssignment.owners(of: queues, among: nodes)
            for node in nodes {
                for direction in Direction.allCases {
                    let share = owners.filter { $0.value == node && $0.key.direction == direction }.count
                    #expect((9...11).contains(share))
                }
            }
        }
    }

    @Test func oneQueueMoreOrLessMovesLittle() {
        let nodes: Set<String> = ["a", "b", "c", "d"]
        let few = QueueAssignment.owners(of: Self.queues(200), among: nodes)
        let more = QueueAssignment.owners(of: Self.queues(201), among: nodes)
        #expect(few.filter { more[$0.key] != $0.value }.count < 20)
    }

    @Test func aNodeThatComesTakesItsShareAndMovesLittleElse() {
        let queues = Self.queues(200)
        let before = QueueAssignment.owners(of: queues, among: ["a", "b", "c"])
        let after = QueueAssignment.owners(of: queues, among: ["a", "b", "c", "d"])
        let moved = queues.filter { before[$0] != after[$0] }
        let taken = after.filter { $0.value == "d" }.count
        #expect(taken >= 70 && taken <= 110)
        #expect(moved.count < taken + 120)
    }

    @Test func whoIsNotReadyConsumesNothing() {
        var machine = QueueAssignment(ownID: "a")
        let queues = Self.queues(3)
        #expect(machine.update(queues: queues, workers: ["b"]).isEmpty)
        #expect(machine.update(queues: queues, workers: []).isEmpty)
        #expect(machine.update(queues: queues, workers: ["a"]).start == queues)
        #expect(machine.update(queues: queues, workers: ["a"]).isEmpty)
        let more = Self.queues(4)
        #expect(machine.update(queues: more, workers: ["a"]).start == more.subtracting(queues))
        #expect(machine.update(queues: queues, workers: ["a"]).stop == more.subtracting(queues))
        #expect(machine.update(queues: queues, workers: ["b"]).stop == queues)
        #expect(machine.update(queues: queues, workers: ["a"]).start == queues)
        #expect(machine.drain().stop == queues)
        #expect(machine.update(queues: more, workers: ["a"]).isEmpty)
    }
}
