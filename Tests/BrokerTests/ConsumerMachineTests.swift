import Broker
import Support
import Testing

private func time(_ milliseconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: milliseconds * 1_000_000) }

struct ConsumerMachineTests {
    private var random = SeededGenerator(seed: 7)

    private func machine() -> ConsumerMachine {
        ConsumerMachine(
            exchanges: 1, declaresQueue: true, bindings: 2,
            backoff: Backoff(base: .milliseconds(100), cap: .seconds(1)), stepTimeout: .seconds(10))
    }

    private func consuming() -> ConsumerMachine {
        var machine = machine()
        _ = machine.connectionUp()
        _ = machine.begin(at: time(0))
        while machine.state != .consuming { _ = machine.stepDone(at: time(0)) }
        return machine
    }

    @Test func setsUpStepByStep() {
        var machine = machine()
        #expect(machine.connectionUp() == .acquireChannel)
        var actions = [machine.begin(at: time(0))]
        #expect(machine.connectionUp() == .none)
        while machine.currentStep != nil { actions.append(machine.stepDone(at: time(0))) }
        #expect(
            actions == [
                .perform(.openChannel), .perform(.prefetch), .perform(.exchange(0)), .perform(.queue),
                .perform(.binding(0)), .perform(.binding(1)), .perform(.consume), .established,
            ])
        #expect(machine.stepDone(at: time(0)) == .none)
        #expect(machine.nextDeadline == .distantFuture)
    }

    @Test mutating func aClosedChannelIsTriedAgainLaterAndLater() {
        var machine = consuming()
        var bounds: [Duration] = []
        for _ in 0..<6 {
            guard case .wait(let until) = machine.channelClosed(at: time(0), using: &random) else {
                Issue.record("no back-off")
                return
            }
            bounds.append(until - time(0))
            #expect(machine.tick(at: until, using: &random) == .acquireChannel)
            #expect(machine.begin(at: until) == .perform(.openChannel))
        }
        #expect(bounds.allSatisfy { $0 <= .seconds(1) })
    }

    @Test mutating func aStepWithoutAnswerGivesTheChannelUp() {
        var machine = machine()
        _ = machine.connectionUp()
        _ = machine.begin(at: time(0))
        #expect(machine.tick(at: time(9_999), using: &random) == .none)
        #expect(machine.tick(at: time(10_000), using: &random) == .closeChannel)
        guard case .backingOff = machine.state else {
            Issue.record("no back-off")
            return
        }
    }

    @Test mutating func theBrokersCancelLeadsToANewChannel() {
        var machine = consuming()
        #expect(machine.cancelledByBroker(at: time(0), using: &random) == .closeChannel)
        guard case .backingOff = machine.state else {
            Issue.record("no back-off")
            return
        }
    }

    @Test mutating func aCancelledConsumerKeepsItsChannelForWhatIsInHand() {
        var machine = consuming()
        #expect(machine.cancel(at: time(0)) == .sendCancel)
        #expect(machine.cancel(at: time(0)) == .none)
        #expect(machine.cancelConfirmed(outstanding: 2) == .cancelled)
        #expect(machine.settled(outstanding: 1) == .none)
        #expect(machine.settled(outstanding: 0) == .closeChannel)
        #expect(machine.isFinished)

        var idle = consuming()
        _ = idle.cancel(at: time(0))
        #expect(idle.cancelConfirmed(outstanding: 0) == .closeChannel)

        var unanswered = consuming()
        _ = unanswered.cancel(at: time(0))
        #expect(unanswered.tick(at: time(5000), using: &random) == .closeChannel)
        #expect(unanswered.isFinished)
    }

    @Test mutating func afterALossItWaitsForTheConnection() {
        var machine = consuming()
        machine.connectionLost()
        #expect(machine.state == .waiting)
        #expect(machine.tick(at: time(100_000), using: &random) == .none)
        #expect(machine.connectionUp() == .acquireChannel)

        var cancelling = consuming()
        _ = cancelling.cancel(at: time(0))
        cancelling.connectionLost()
        #expect(cancelling.isFinished)

        var draining = consuming()
        _ = draining.cancel(at: time(0))
        _ = draining.cancelConfirmed(outstanding: 1)
        #expect(draining.channelClosed(at: time(0), using: &random) == .none)
        #expect(draining.isFinished)
    }

    @Test func cancelAndCloseBeforeItRuns() {
        var waiting = machine()
        #expect(waiting.cancel(at: time(0)) == .none)
        #expect(waiting.isFinished)
        #expect(waiting.connectionUp() == .none)

        var settingUp = machine()
        _ = settingUp.connectionUp()
        _ = settingUp.begin(at: time(0))
        #expect(settingUp.cancel(at: time(0)) == .closeChannel)
        #expect(settingUp.stepDone(at: time(0)) == .none)

        var running = consuming()
        #expect(running.close() == .closeChannel)
        #expect(running.close() == .none)
    }
}

struct RequestQueueTests {
    @Test func oneAtATimeOnAChannelOpenedWhenNeeded() {
        var queue = RequestQueue<Int>()
        #expect(queue.step(at: time(0)) == .none)
        #expect(queue.submit(1, deadline: time(1000)) == true)
        #expect(queue.submit(2, deadline: time(1000)) == true)
        #expect(queue.step(at: time(0)) == .openChannel)
        #expect(queue.step(at: time(0)) == .none)
        queue.channelOpened()
        #expect(queue.step(at: time(0)) == .send)
        #expect(queue.current == 1)
        #expect(queue.step(at: time(0)) == .none)
        #expect(queue.answered() == 1)
        #expect(queue.answered() == nil)
        #expect(queue.step(at: time(0)) == .send)
        #expect(queue.answered() == 2)
        #expect(queue.isEmpty)
    }

    @Test func anErrorNamesItsRequestAndTheNextGetsANewChannel() {
        var queue = RequestQueue<Int>()
        for token in 1...2 { _ = queue.submit(token, deadline: time(1000)) }
        _ = queue.step(at: time(0))
        queue.channelOpened()
        _ = queue.step(at: time(0))
        #expect(queue.channelClosed() == 1)
        #expect(queue.step(at: time(0)) == .openChannel)
        queue.channelOpened()
        #expect(queue.step(at: time(0)) == .send)
        #expect(queue.current == 2)
    }

    @Test func timeRunsOut() {
        var queue = RequestQueue<Int>(openWithin: .seconds(5))
        _ = queue.submit(1, deadline: time(1000))
        _ = queue.submit(2, deadline: time(500))
        _ = queue.submit(3, deadline: time(9000))
        _ = queue.step(at: time(0))
        queue.channelOpened()
        _ = queue.step(at: time(0))
        #expect(queue.nextDeadline == time(500))
        var expired: [Int] = []
        #expect(queue.expire(at: time(500), into: &expired) == .none)
        #expect(expired == [2])
        #expect(queue.expire(at: time(1000), into: &expired) == .abandonChannel)
        #expect(expired == [2, 1])
        #expect(queue.step(at: time(1000)) == .openChannel)
        #expect(queue.expire(at: time(5999), into: &expired) == .none)
        #expect(queue.expire(at: time(6000), into: &expired) == .abandonChannel)
        #expect(queue.fail() == [3])
    }

    @Test func theQueueHasALimit() {
        var queue = RequestQueue<Int>(limit: 2)
        #expect(queue.submit(1, deadline: time(1)) == true)
        #expect(queue.submit(2, deadline: time(1)) == true)
        #expect(queue.submit(3, deadline: time(1)) == false)
    }
}
