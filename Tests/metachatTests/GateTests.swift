import Testing

@testable import metachat

@Suite struct GateTests {
    @Test func everybodyWaitingIsLetThrough() async {
        let gate = Gate()
        await withTaskGroup { group in
            for _ in 0..<50 { group.addTask { await gate.wait() } }
            group.addTask { gate.open() }
            await group.waitForAll()
        }
        #expect(gate.isOpen)
        await gate.wait()
        gate.open()
    }

    @Test func patienceEnds() async {
        let gate = Gate()
        #expect(await gate.wait(atMost: .milliseconds(1)) == false)
        gate.open()
        #expect(await gate.wait(atMost: .seconds(60)))
    }

    @Test func aCancelledTaskDoesNotWait() async {
        let gate = Gate()
        await withTaskGroup { group in
            group.addTask { await gate.wait() }
            group.cancelAll()
            await group.waitForAll()
        }
        #expect(!gate.isOpen)
    }
}
