import Testing

@testable import Simulator

@Suite struct DeliveryScheduleTests {
    private var limits: SimulatorSettings {
        var limits = SimulatorSettings()
        limits.webhooksInFlight = 2
        limits.statusesPerWebhook = 3
        limits.retryBase = 100
        limits.retryCap = 300
        limits.retryAttempts = 4
        return limits
    }

    private func delivery(_ id: Int, then successors: [Delivery] = []) -> Delivery {
        Delivery(
            id: id, numberID: "1", content: .messages(ids: ["\(id)"], customer: "1", body: []), successors: successors)
    }

    private func taken(_ delivery: Delivery?) throws -> Delivery { try #require(delivery) }

    private func status(_ id: String, number: String = "1") -> StatusEvent {
        StatusEvent(
            numberID: number, messageID: id, step: .sent, timestamp: 0, customer: "1", isScopedUser: false)
    }

    private func ids(_ delivery: Delivery?) -> [String]? {
        guard case .statuses(let statuses) = delivery?.content else { return nil }
        return statuses.map(\.messageID)
    }

    @Test func takesWhatIsDueInItsOrderAndNoMoreThanAllowed() {
        var schedule = DeliverySchedule()
        schedule.add(delivery(1), due: 20)
        schedule.add(delivery(2), due: 10)
        schedule.add(delivery(3), due: 10)
        #expect(schedule.take(now: 9, limits: limits) == nil)
        #expect(schedule.nextDue == 10)
        let first = schedule.take(now: 20, limits: limits)
        #expect(first?.id == 2)
        #expect(schedule.take(now: 20, limits: limits)?.id == 3)
        #expect(schedule.take(now: 20, limits: limits) == nil, "two are under way")
        #expect(schedule.pending == 3)
        if let first { #expect(schedule.finish(first, accepted: true, now: 21, limits: limits) == .taken) }
        #expect(schedule.take(now: 21, limits: limits)?.id == 1)
    }

    @Test func refusedWebhooksComeAgainLaterEachTimeUntilTheyAreGivenUp() throws {
        var schedule = DeliverySchedule()
        schedule.add(delivery(1), due: 0)
        var now: Int64 = 0
        var pauses: [Int64] = []
        while let taken = schedule.take(now: now, limits: limits) {
            switch schedule.finish(taken, accepted: false, now: now, limits: limits) {
            case .again(let pause):
                pauses.append(pause)
                #expect(schedule.take(now: now + pause - 1, limits: limits) == nil)
                now += pause
            case .givenUp: #expect(taken.attempt == 4)
            case .taken: Issue.record("nobody took it")
            }
        }
        #expect(pauses == [100, 200, 300])
        #expect(schedule.pending == 0)
    }

    @Test func successorsWaitForTheirPredecessor() throws {
        var schedule = DeliverySchedule()
        schedule.add(delivery(1, then: [delivery(2), delivery(3)]), due: 0)
        #expect(schedule.pending == 3)
        let first = try taken(schedule.take(now: 0, limits: limits))
        #expect(schedule.take(now: 0, limits: limits) == nil)
        #expect(schedule.finish(first, accepted: false, now: 0, limits: limits) == .again(after: 100))
        #expect(schedule.take(now: 99, limits: limits) == nil)
        let again = try taken(schedule.take(now: 100, limits: limits))
        #expect(again.id == 1)
        #expect(schedule.finish(again, accepted: true, now: 100, limits: limits) == .taken)
        #expect(schedule.pending == 2)
        let second = try taken(schedule.take(now: 100, limits: limits))
        #expect(second.id == 2)
        _ = schedule.finish(second, accepted: true, now: 100, limits: limits)
        #expect(schedule.take(now: 100, limits: limits)?.id == 3)
    }

    @Test func statusesShareABodyOnlyWhenTheyWait() throws {
        var schedule = DeliverySchedule()
        schedule.add(status("a"), due: 0)
        #expect(ids(schedule.take(now: 0, limits: limits)) == ["a"])
        schedule.add(status("other", number: "2"), due: 0)
        let other = try taken(schedule.take(now: 0, limits: limits))
        for id in ["b", "c", "d", "e"] { schedule.add(status(id), due: 1) }
        #expect(schedule.take(now: 1, limits: limits) == nil)
        #expect(schedule.pending == 6)
        _ = schedule.finish(other, accepted: true, now: 1, limits: limits)
        let batch = try taken(schedule.take(now: 1, limits: limits))
        #expect(ids(batch) == ["b", "c", "d"])
        _ = schedule.finish(batch, accepted: true, now: 1, limits: limits)
        #expect(ids(schedule.take(now: 1, limits: limits)) == ["e"])
        #expect(schedule.pending == 2)
    }
}

extension Delivery: Equatable {
    static func == (lhs: Delivery, rhs: Delivery) -> Bool { lhs.id == rhs.id && lhs.attempt == rhs.attempt }
}
