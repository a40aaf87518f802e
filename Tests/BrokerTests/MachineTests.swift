import Broker
import Support
import Testing

private func time(_ milliseconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: milliseconds * 1_000_000) }

struct ConnectionMachineTests {
    private let backoff = Backoff(base: .milliseconds(100), cap: .seconds(1))

    @Test func backsOffWithFullJitterAndACap() {
        var random = SeededGenerator(seed: 1)
        #expect(backoff.bound(attempt: 1) == .milliseconds(100))
        #expect(backoff.bound(attempt: 3) == .milliseconds(400))
        #expect(backoff.bound(attempt: 5) == .seconds(1))
        #expect(backoff.bound(attempt: 1_000_000) == .seconds(1))
        let delays = (0..<1000).map { _ in backoff.delay(attempt: 2, using: &random) }
        #expect(delays.allSatisfy { (.zero ... .milliseconds(200)).contains($0) })
        #expect(delays.contains { $0 < .milliseconds(20) } && delays.contains { $0 > .milliseconds(180) })
    }

    @Test func connectsRetriesAndComesBack() throws {
        var random = SeededGenerator(seed: 2)
        var machine = ConnectionMachine(backoff: backoff)
        #expect(machine.start() == .connect)
        #expect(machine.start() == .none)
        guard case .wait(let until) = machine.failed(at: time(0), using: &random) else {
            Issue.record("no back-off")
            return
        }
        #expect(until <= time(100))
        #expect(machine.tick(at: time(-1)) == .wait(until: until))
        #expect(machine.tick(at: until) == .connect)
        #expect(machine.state == .connecting(attempt: 2))
        #expect(machine.connected(at: time(500)) == .none)
        #expect(machine.tick(at: time(600)) == .none)
        _ = machine.failed(at: time(700), using: &random)
        guard case .backingOff(let next, let attempt) = machine.state else {
            Issue.record("no back-off")
            return
        }
        #expect(attempt == 2)
        _ = machine.tick(at: next)
        _ = machine.connected(at: next)
        _ = machine.failed(at: next + .seconds(11), using: &random)
        guard case .backingOff(_, 1) = machine.state else {
            Issue.record("a connection that lived long starts over")
            return
        }
    }

    @Test func closesFromEveryState() {
        var random = SeededGenerator(seed: 3)
        var fresh = ConnectionMachine(backoff: backoff)
        #expect(fresh.close(at: time(0), within: .seconds(1)) == .disconnect)
        #expect(fresh.start() == .none)

        var waiting = ConnectionMachine(backoff: backoff)
        _ = waiting.start()
        _ = waiting.failed(at: time(0), using: &random)
        #expect(waiting.close(at: time(0), within: .seconds(1)) == .disconnect)
        #expect(waiting.tick(at: time(10_000)) == .none)

        var open = ConnectionMachine(backoff: backoff)
        _ = open.start()
        _ = open.connected(at: time(0))
        #expect(open.close(at: time(0), within: .seconds(1)) == .flush(deadline: time(1000)))
        #expect(open.close(at: time(0), within: .milliseconds(500)) == .flush(deadline: time(500)))
        #expect(open.tick(at: time(499)) == .none)
        #expect(open.tick(at: time(500)) == .disconnect)
        #expect(open.state == .closed)
        #expect(open.connected(at: time(600)) == .disconnect)

        var flushed = ConnectionMachine(backoff: backoff)
        _ = flushed.start()
        _ = flushed.connected(at: time(0))
        _ = flushed.close(at: time(0), within: .seconds(1))
        #expect(flushed.flushed() == .disconnect)

        var lost = ConnectionMachine(backoff: backoff)
        _ = lost.start()
        _ = lost.connected(at: time(0))
        _ = lost.close(at: time(0), within: .seconds(1))
        #expect(lost.failed(at: time(1), using: &random) == .disconnect)
    }
}

struct HeartbeatMonitorTests {
    @Test func sendsWhenQuietAndGivesUpOnSilence() {
        var monitor = HeartbeatMonitor(interval: .seconds(10), now: time(0))
        #expect(monitor.nextCheck == time(5000))
        #expect(monitor.verdict(at: time(4999)) == .quiet)
        #expect(monitor.verdict(at: time(5000)) == .send)
        monitor.sent(at: time(5000))
        #expect(monitor.verdict(at: time(9999)) == .quiet)
        #expect(monitor.verdict(at: time(20_000)) == .dead)
        monitor.received(at: time(19_000))
        #expect(monitor.verdict(at: time(20_000)) == .send)
        monitor.sent(at: time(30_000))
        #expect(monitor.nextCheck == time(35_000))
        #expect(monitor.verdict(at: time(39_000)) == .dead)
    }

    @Test func canBeSwitchedOff() {
        let monitor = HeartbeatMonitor(interval: .zero, now: time(0))
        #expect(monitor.verdict(at: time(1_000_000_000)) == .quiet)
        #expect(monitor.nextCheck == .distantFuture)
    }
}

struct AckLedgerTests {
    private func flushed(_ ledger: inout AckLedger) -> [AckLedger.Ack] {
        var acks: [AckLedger.Ack] = []
        ledger.flush(into: &acks)
        return acks
    }

    private func ledger(_ count: UInt64) -> AckLedger {
        var ledger = AckLedger()
        for tag in 1...count { #expect(ledger.delivered(tag) == true) }
        return ledger
    }

    @Test func neighboursShareAnAcknowledgement() {
        var ledger = ledger(6)
        for tag: UInt64 in [3, 1, 2, 6] { #expect(ledger.acknowledge(tag) == true) }
        #expect(flushed(&ledger) == [.init(tag: 3, multiple: true), .init(tag: 6, multiple: false)])
        #expect(ledger.outstanding == 2)
        #expect(ledger.acknowledge(4) == true)
        #expect(flushed(&ledger) == [.init(tag: 4, multiple: false)])
        #expect(ledger.acknowledge(5) == true)
        // 6 was acknowledged alone: it must not be named again.
        #expect(flushed(&ledger) == [.init(tag: 5, multiple: false)])
        #expect(ledger.outstanding == 0)
        #expect(flushed(&ledger) == [])
    }

    @Test func eachTagIsSettledOnce() {
        var ledger = ledger(3)
        #expect(ledger.acknowledge(1) == true)
        #expect(ledger.acknowledge(1) == false)
        #expect(ledger.refuse(1) == false)
        #expect(ledger.refuse(2) == true)
        #expect(ledger.acknowledge(2) == false)
        #expect(ledger.acknowledge(0) == false)
        #expect(ledger.acknowledge(4) == false)
        #expect(ledger.refuse(.max) == false)
        #expect(flushed(&ledger) == [.init(tag: 1, multiple: false)])
        #expect(ledger.acknowledge(1) == false)
        #expect(ledger.outstanding == 1)
    }

    @Test func refusedTagsInBetweenAreCovered() {
        var ledger = ledger(4)
        #expect(ledger.refuse(2) == true)
        for tag: UInt64 in [1, 3] { #expect(ledger.acknowledge(tag) == true) }
        #expect(flushed(&ledger) == [.init(tag: 3, multiple: true)])
        // A refused tag at the end must not be the one named.
        #expect(ledger.refuse(4) == true)
        #expect(flushed(&ledger) == [])
        #expect(ledger.delivered(5) == true)
    }

    @Test func tagsComeInOrder() {
        var ledger = AckLedger()
        #expect(ledger.delivered(2) == false)
        #expect(ledger.delivered(1) == true)
        #expect(ledger.delivered(1) == false)
        #expect(ledger.delivered(3) == false)
    }

    /// Whatever is acknowledged and refused in whatever order, the broker hears of each tag exactly once.
    @Test(arguments: 0..<20) func theBrokerHearsOfEachTagOnce(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var ledger = AckLedger()
        var next: UInt64 = 1
        var open: Set<UInt64> = []
        var unsettledAtBroker: Set<UInt64> = []
        for _ in 0..<3000 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                #expect(ledger.delivered(next) == true)
                open.insert(next)
                unsettledAtBroker.insert(next)
                next += 1
            case 2:
                guard let tag = open.randomElement(using: &random) else { continue }
                open.remove(tag)
                if Bool.random(using: &random) {
                    #expect(ledger.acknowledge(tag) == true)
                } else {
                    #expect(ledger.refuse(tag) == true)
                    #expect(unsettledAtBroker.remove(tag) != nil)
                }
            default:
                var acks: [AckLedger.Ack] = []
                ledger.flush(into: &acks)
                for ack in acks {
                    // An unknown tag would close the channel.
                    #expect(unsettledAtBroker.remove(ack.tag) != nil)
                    if ack.multiple {
                        let covered = unsettledAtBroker.filter { $0 < ack.tag }
                        #expect(covered.isDisjoint(with: open))
                        unsettledAtBroker.subtract(covered)
                    }
                }
                #expect(unsettledAtBroker == open)
            }
            #expect(ledger.outstanding == open.count)
        }
    }
}

struct ContentAssemblerTests {
    private func bytes(_ text: String, _ assembler: inout ContentAssembler<String>) throws -> String? {
        let result = try Array(text.utf8).withUnsafeBytes { try assembler.body($0) }
        if case .complete(let envelope, let body) = result { return envelope + String(decoding: body, as: UTF8.self) }
        return nil
    }

    @Test func putsBodiesTogether() throws {
        var assembler = ContentAssembler<String>(limit: 10)
        for _ in 0..<2 {
            try assembler.begin("m:")
            guard case .partial = try assembler.header(size: 5, complete: { $0 += "h:" }) else {
                Issue.record("not partial")
                return
            }
            #expect(try bytes("ab", &assembler) == nil)
            #expect(try bytes("", &assembler) == nil)
            #expect(try bytes("cde", &assembler) == "m:h:abcde")
        }
        try assembler.begin("e")
        guard case .complete("e", body: []) = try assembler.header(size: 0, complete: { _ in }) else {
            Issue.record("an empty body is complete with its header")
            return
        }
    }

    @Test func dropsWhatIsTooLargeAndGoesOn() throws {
        var assembler = ContentAssembler<String>(limit: 4)
        try assembler.begin("big")
        _ = try assembler.header(size: 5, complete: { _ in })
        #expect(try bytes("abc", &assembler) == nil)
        let last = try [1, 2].withUnsafeBytes { (raw: UnsafeRawBufferPointer) in
            try assembler.body(UnsafeRawBufferPointer(rebasing: raw[..<2]))
        }
        guard case .oversized("big", size: 5) = last else {
            Issue.record("not told")
            return
        }
        try assembler.begin("x")
        _ = try assembler.header(size: 1, complete: { _ in })
        #expect(try bytes("y", &assembler) == "xy")
    }

    @Test func disorderIsAFault() throws {
        var assembler = ContentAssembler<String>(limit: 4)
        #expect(throws: ContentAssembler<String>.Disorder.self) { try assembler.header(size: 1, complete: { _ in }) }
        #expect(throws: ContentAssembler<String>.Disorder.self) { try bytes("a", &assembler) }
        try assembler.begin("m")
        #expect(throws: ContentAssembler<String>.Disorder.self) { try assembler.begin("n") }
        #expect(throws: ContentAssembler<String>.Disorder.self) { try bytes("a", &assembler) }
        _ = try assembler.header(size: 2, complete: { _ in })
        #expect(throws: ContentAssembler<String>.Disorder.self) { try bytes("abc", &assembler) }
    }

    @Test func anAbsurdSizeReservesNothing() throws {
        var assembler = ContentAssembler<String>(limit: 1 << 20)
        try assembler.begin("m")
        guard case .partial = try assembler.header(size: .max, complete: { _ in }) else {
            Issue.record("not partial")
            return
        }
        #expect(try bytes("abc", &assembler) == nil)
    }
}
