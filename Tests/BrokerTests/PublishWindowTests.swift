import Broker
import Support
import Testing

struct PublishWindowTests {
    private typealias Outcomes = [(Int, PublishOutcome)]

    private func time(_ milliseconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: milliseconds * 1_000_000) }

    private func window(messages: Int = 1000, bytes: Int = 1 << 20) -> PublishWindow<Int> {
        PublishWindow(limits: PublishLimits(messages: messages, bytes: bytes))
    }

    /// Submits `count` publishes of one byte and takes them out as sent.
    private func sent(_ count: Int, _ window: inout PublishWindow<Int>, deadline: Int64 = 1000) {
        for token in 1...count { window.submit(token, bytes: 1, deadline: time(deadline), key: nil) }
        for token in 1...count { #expect(window.next() == token) }
    }

    private func check(
        _ outcomes: Outcomes, _ expected: Outcomes, location: SourceLocation = #_sourceLocation
    ) {
        #expect(outcomes.map(\.0) == expected.map(\.0), sourceLocation: location)
        #expect(outcomes.map(\.1) == expected.map(\.1), sourceLocation: location)
    }

    @Test func singleAndMultipleConfirmsInAnyOrder() {
        var window = window()
        sent(6, &window)
        var outcomes: Outcomes = []
        #expect(window.settle(3, multiple: false, positive: true, into: &outcomes) == true)
        check(outcomes, [(3, .confirmed)])
        #expect(window.settle(4, multiple: true, positive: true, into: &outcomes) == true)
        check(outcomes, [(3, .confirmed), (1, .confirmed), (2, .confirmed), (4, .confirmed)])
        #expect(window.settle(5, multiple: false, positive: false, into: &outcomes) == true)
        #expect(outcomes.last?.1 == .refused)
        #expect(window.outstanding == 1)
        #expect(window.settle(0, multiple: true, positive: true, into: &outcomes) == true)
        #expect(outcomes.count == 6)
        #expect(window.isEmpty)
        #expect(window.outstandingBytes == 0)
    }

    @Test func aConfirmTwiceChangesNothing() {
        var window = window()
        sent(3, &window)
        var outcomes: Outcomes = []
        #expect(window.settle(2, multiple: false, positive: true, into: &outcomes) == true)
        #expect(window.settle(2, multiple: false, positive: false, into: &outcomes) == true)
        #expect(window.settle(2, multiple: true, positive: false, into: &outcomes) == true)
        check(outcomes, [(2, .confirmed), (1, .refused)])
        #expect(window.settle(1, multiple: false, positive: true, into: &outcomes) == true)
        #expect(window.settle(1, multiple: true, positive: true, into: &outcomes) == true)
        #expect(outcomes.count == 2)
    }

    @Test func aNumberNeverSentIsAFault() {
        var window = window()
        var outcomes: Outcomes = []
        #expect(window.settle(1, multiple: false, positive: true, into: &outcomes) == false)
        #expect(window.settle(1, multiple: true, positive: true, into: &outcomes) == false)
        sent(2, &window)
        #expect(window.settle(3, multiple: true, positive: true, into: &outcomes) == false)
        #expect(window.settle(0, multiple: false, positive: true, into: &outcomes) == false)
        #expect(window.settle(.max, multiple: true, positive: true, into: &outcomes) == false)
        #expect(outcomes.isEmpty)
    }

    @Test func theWindowHoldsBackMessagesAndBytes() {
        var window = window(messages: 2, bytes: 100)
        for token in 1...4 { window.submit(token, bytes: 40, deadline: time(1000), key: nil) }
        #expect(window.next() == 1)
        #expect(window.next() == 2)
        #expect(window.next() == nil)
        var outcomes: Outcomes = []
        _ = window.settle(1, multiple: false, positive: true, into: &outcomes)
        #expect(window.next() == 3)
        #expect(window.next() == nil)
        #expect(window.waitingCount == 1)

        var heavy = self.window(messages: 10, bytes: 100)
        heavy.submit(1, bytes: 500, deadline: time(1000), key: nil)
        heavy.submit(2, bytes: 1, deadline: time(1000), key: nil)
        #expect(heavy.next() == 1)
        #expect(heavy.next() == nil)
        _ = heavy.settle(1, multiple: false, positive: true, into: &outcomes)
        #expect(heavy.next() == 2)
    }

    @Test func aReturnedMessageEndsAsReturnedWithItsConfirm() {
        var window = window()
        let key = ReturnKey(exchange: "", routingKey: "gone", messageID: "m")
        let other = ReturnKey(exchange: "", routingKey: "there", messageID: "m")
        for (token, key) in [(1, other), (2, key), (3, key), (4, other)] {
            window.submit(token, bytes: 1, deadline: time(1000), key: key)
            _ = window.next()
        }
        #expect(window.returned(key, code: 312, reason: "NO_ROUTE") == true)
        #expect(window.returned(key, code: 312, reason: "NO_ROUTE") == true)
        #expect(window.returned(key, code: 312, reason: "NO_ROUTE") == false)
        #expect(
            window.returned(ReturnKey(exchange: "x", routingKey: "", messageID: ""), code: 312, reason: "") == false)
        var outcomes: Outcomes = []
        _ = window.settle(4, multiple: true, positive: true, into: &outcomes)
        let back = PublishOutcome.returned(code: 312, reason: "NO_ROUTE")
        check(outcomes, [(1, .confirmed), (2, back), (3, back), (4, .confirmed)])
    }

    @Test func deadlinesEndWhatWaitsAndWhatWasSent() {
        var window = window(messages: 1)
        window.submit(1, bytes: 1, deadline: time(100), key: nil)
        window.submit(2, bytes: 1, deadline: time(50), key: nil)
        window.submit(3, bytes: 1, deadline: time(200), key: nil)
        #expect(window.next() == 1)
        #expect(window.nextDeadline == time(50))
        var outcomes: Outcomes = []
        window.expire(at: time(49), into: &outcomes)
        #expect(outcomes.isEmpty)
        window.expire(at: time(50), unsent: .unavailable("blocked"), into: &outcomes)
        check(outcomes, [(2, .unavailable("blocked"))])
        #expect(window.nextDeadline == time(100))
        window.expire(at: time(150), into: &outcomes)
        check(outcomes, [(2, .unavailable("blocked")), (1, .timedOut)])
        // Its place is free again, and its late confirm is nobody's.
        #expect(window.next() == 3)
        #expect(window.settle(1, multiple: false, positive: true, into: &outcomes) == true)
        #expect(outcomes.count == 2)
        #expect(window.settle(2, multiple: false, positive: true, into: &outcomes) == true)
        check(Array(outcomes.suffix(1)), [(3, .confirmed)])
        #expect(window.isEmpty)
        window.expire(at: time(1000), into: &outcomes)
        #expect(window.nextDeadline == .distantFuture)
    }

    @Test func aLostChannelFailsWhatWasSentAndKeepsWhatWaits() {
        var window = window(messages: 2)
        for token in 1...3 { window.submit(token, bytes: 1, deadline: time(1000), key: nil) }
        _ = window.next()
        _ = window.next()
        var outcomes: Outcomes = []
        window.reset(.unavailable("closed"), into: &outcomes)
        check(outcomes, [(1, .unavailable("closed")), (2, .unavailable("closed"))])
        #expect(window.next() == 3)
        #expect(window.settle(2, multiple: false, positive: true, into: &outcomes) == false)
        #expect(window.settle(1, multiple: false, positive: true, into: &outcomes) == true)
        check(Array(outcomes.suffix(1)), [(3, .confirmed)])
    }

    @Test func aLostConnectionFailsEverything() {
        var window = window(messages: 1)
        for token in 1...3 { window.submit(token, bytes: 1, deadline: time(1000), key: nil) }
        _ = window.next()
        var outcomes: Outcomes = []
        window.fail(.unavailable("lost"), into: &outcomes)
        #expect(outcomes.map(\.0) == [1, 2, 3])
        #expect(window.isEmpty)
        #expect(window.next() == nil)
    }

    @Test func aWithdrawnPublishGivesItsNumberBack() {
        var window = window()
        sent(1, &window)
        window.submit(2, bytes: 1, deadline: time(1000), key: nil)
        _ = window.next()
        var outcomes: Outcomes = []
        window.withdraw(.invalid("too large"), into: &outcomes)
        window.submit(3, bytes: 1, deadline: time(1000), key: nil)
        _ = window.next()
        _ = window.settle(2, multiple: true, positive: true, into: &outcomes)
        check(outcomes, [(2, .invalid("too large")), (1, .confirmed), (3, .confirmed)])
    }

    /// A random walk against a plain model: every token ends exactly once, and the counts agree.
    @Test(arguments: 0..<20) func everyTokenEndsOnce(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var window = window(messages: 8, bytes: 200)
        var outcomes: Outcomes = []
        var submitted = 0
        var sentNumbers: UInt64 = 0
        var now: Int64 = 0
        for _ in 0..<2000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0...3:
                submitted += 1
                let deadline = now + Int64.random(in: 1...50, using: &random)
                window.submit(
                    submitted, bytes: Int.random(in: 0...60, using: &random), deadline: time(deadline), key: nil)
            case 4...6:
                while window.next() != nil { sentNumbers += 1 }
            case 7...8 where sentNumbers > 0:
                let number = UInt64.random(in: 1...sentNumbers, using: &random)
                let accepted = window.settle(
                    number, multiple: Bool.random(using: &random), positive: Bool.random(using: &random),
                    into: &outcomes)
                #expect(accepted)
            default:
                now += Int64.random(in: 0...10, using: &random)
                window.expire(at: time(now), into: &outcomes)
            }
            #expect(window.outstanding <= 8)
        }
        window.fail(.unavailable("end"), into: &outcomes)
        #expect(Set(outcomes.map(\.0)).count == submitted)
        #expect(outcomes.count == submitted)
        #expect(window.outstandingBytes == 0)
    }
}
