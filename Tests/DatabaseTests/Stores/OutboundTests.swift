import Domain
import Testing

@testable import Database

@Suite struct OutboundTests {
    /// A conversation with one answer that waits to be sent.
    private func queued(_ store: PostgresMessageStore, number: Int = 1, at time: Timestamp = noon) async throws
        -> NormalizedMessage
    {
        let question = NormalizedMessage.inbound("Q\(number)", externalID: "in\(number)", at: time)
        _ = try await store.record(question, now: time)
        let concluded = try await store.conclude(question, with: .answer(.outbound("A\(number)", at: time)), now: time)
        guard case .recorded(let answer?) = concluded else { throw DependencyError.rejected("no answer") }
        return answer
    }

    private func claim(
        _ store: PostgresMessageStore, _ message: NormalizedMessage, pace: PairPace? = nil, at time: Timestamp = noon
    ) async throws -> Claim {
        // A claimant of its own each time: another delivery.
        try await store.claim(message, node: "n1/\(UInt64.random(in: .min ... .max))", pace: pace, now: time)
    }

    /// Claims and begins to send.
    private func take(_ store: PostgresMessageStore, _ message: NormalizedMessage, node: String = "n1/taker")
        async throws
    {
        guard case .claimed(let attempt, _) = try await store.claim(message, node: node, pace: nil, now: noon) else {
            throw DependencyError.rejected("no claim")
        }
        #expect(try await store.beginSending(message.id, attempt: attempt, now: noon))
    }

    @Test func aMessageGoesFromQueuedToRead() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let answer = try await queued(store)
            let claimed = try await claim(store, answer)
            #expect(claimed == .claimed(attempt: 1, partsSent: 0))
            try await store.settle(answer.id, .sent(externalID: "wamid.out"), now: noon)
            let settled = try await claim(store, answer)
            #expect(settled == .settled(.sent))
            for status in [DeliveryStatus.delivered, .read] {
                let changed = try await store.apply([update(status, external: "wamid.out")])
                #expect(changed.map(\.status) == [status])
                let again = try await store.apply([update(status, external: "wamid.out")])
                #expect(again.isEmpty, "forward only")
            }
            let late = try await store.apply([
                update(.sent, external: "wamid.out"), update(.failed, external: "wamid.out"),
            ])
            #expect(late.isEmpty)
            let stored = try await store.message(answer.id)
            #expect(stored?.delivery == .read)
        }
    }

    private func update(
        _ status: DeliveryStatus, id: MessageID? = nil, external: String? = nil, tenant: String = "t",
        channel: String = "c", code: Int64? = nil
    ) -> StatusUpdate {
        StatusUpdate(
            tenantID: tenant, channelID: channel, messageID: id, externalID: external, status: status,
            timestamp: noon, code: code, text: code.map { "code \($0)" })
    }

    @Test func oneOfTwoClaimersWins() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let answer = try await queued(store)
            let begun = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        let claim = try await store.claim(answer, node: "n\(number)/a", pace: nil, now: noon)
                        guard case .claimed(let attempt, _) = claim else {
                            #expect(claim == .uncertain)
                            return false
                        }
                        return try await store.beginSending(answer.id, attempt: attempt, now: noon)
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(begun == 1)
            let late = try await claim(store, answer)
            #expect(late == .uncertain)
            let stored = try await store.message(answer.id)
            #expect(stored?.delivery == .unknown)
            try await store.settle(answer.id, .sent(externalID: "w"), now: noon)
            let settled = try await store.message(answer.id)
            #expect(settled?.delivery == .sent, "the winner knows better")
        }
    }

    @Test func aClaimantThatDiesBeforeItSendsIsFollowedByTheNext() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let answer = try await queued(store)
            _ = try await store.claim(answer, node: "n1/a", pace: nil, now: noon)
            let next = try await store.claim(answer, node: "n2/b", pace: nil, now: noon)
            #expect(next == .claimed(attempt: 2, partsSent: 0))
            let slow = try await store.beginSending(answer.id, attempt: 1, now: noon)
            #expect(!slow, "it was only slow, and must not write now")
            try await store.release(answer.id, attempt: 1, partsSent: 3)
            let begun = try await store.beginSending(answer.id, attempt: 2, now: noon)
            #expect(begun)
            let again = try await store.beginSending(answer.id, attempt: 2, now: noon)
            #expect(again, "a confirmation was lost, or the next part follows")
            try await store.settle(answer.id, .sent(externalID: "w"), now: noon)
            let done = try await store.beginSending(answer.id, attempt: 2, now: noon)
            #expect(!done)
        }
    }

    @Test func aClaimantWhoseConfirmationWasLostGetsItsOwnClaimAgain() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let answer = try await queued(store)
            let first = try await store.claim(answer, node: "n1/a", pace: nil, now: noon)
            let again = try await store.claim(answer, node: "n1/a", pace: nil, now: noon)
            #expect(first == .claimed(attempt: 1, partsSent: 0) && again == first)
            _ = try await store.beginSending(answer.id, attempt: 1, now: noon)
            let begun = try await store.claim(answer, node: "n1/a", pace: nil, now: noon)
            #expect(begun == first)
            let other = try await store.claim(answer, node: "n2/b", pace: nil, now: noon)
            #expect(other == .uncertain)
            let afterwards = try await store.claim(answer, node: "n1/a", pace: nil, now: noon)
            #expect(afterwards == .uncertain)
        }
    }

    @Test func aReleasedMessageIsClaimedAgainWhereItStopped() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let answer = try await queued(store)
            try await take(store, answer)
            try await store.release(answer.id, attempt: 1, partsSent: 2)
            let begun = try await store.beginSending(answer.id, attempt: 1, now: noon)
            #expect(!begun, "a released claim is none")
            let again = try await claim(store, answer)
            #expect(again == .claimed(attempt: 2, partsSent: 2))
            try await store.settle(answer.id, .sent(externalID: "w"), now: noon)
            try await store.release(answer.id, attempt: 2, partsSent: 0)
            let settled = try await claim(store, answer)
            #expect(settled == .settled(.sent), "what is sent is not released")
        }
    }

    @Test func aReleaseThatComesLateOpensNothingToASecondSend() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let answer = try await queued(store)
            try await take(store, answer)
            try await store.release(answer.id, attempt: 1, partsSent: 0)
            try await take(store, answer, node: "n2/next")
            // The first release once more, as when its confirmation was lost.
            try await store.release(answer.id, attempt: 1, partsSent: 0)
            let copy = try await claim(store, answer)
            #expect(copy == .uncertain, "the second claimant is sending")
        }
    }

    @Test func whoSentItKnowsBetterThanACopyThatCameMeanwhile() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let answer = try await queued(store)
            try await store.markPublished([answer.id])
            try await take(store, answer)
            let copy = try await claim(store, answer)
            #expect(copy == .uncertain)
            try await store.release(answer.id, attempt: 1, partsSent: 0)
            let swept = try await store.unpublished(before: noon.plus(seconds: 60), limit: 10)
            #expect(swept.map(\.id) == [answer.id], "the copy's delivery is gone; it needs another")
            let again = try await claim(store, answer)
            #expect(again == .claimed(attempt: 2, partsSent: 0))
        }
    }

    @Test func theOrderOfAConversationIsKept() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let first = try await queued(store, number: 1)
            let second = try await queued(store, number: 2, at: noon.plus(seconds: 1))
            let early = try await claim(store, second, at: noon.plus(seconds: 1))
            #expect(early == .predecessorOpen)
            try await take(store, first)
            let whileSending = try await claim(store, second, at: noon.plus(seconds: 2))
            #expect(whileSending == .predecessorOpen)
            let late = try await claim(store, second, at: noon.plus(seconds: 31))
            #expect(late == .claimed(attempt: 1, partsSent: 0))
            let third = try await queued(store, number: 3, at: noon.plus(seconds: 40))
            try await store.settle(first.id, .unknown, now: noon)
            try await store.settle(second.id, .failed(reason: "rejected", code: 1, text: "no"), now: noon)
            let after = try await claim(store, third, at: noon.plus(seconds: 41))
            #expect(after == .claimed(attempt: 1, partsSent: 0), "unknown and failed ones hold up nobody")
        }
    }

    @Test func whatIsNotRecordedIsRecordedByItsClaim() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let message = NormalizedMessage.outbound(conversation: "c:new")
            let claimed = try await claim(store, message)
            #expect(claimed == .claimed(attempt: 1, partsSent: 0))
            let stored = try await store.message(message.id)
            #expect(stored?.message.position == 1)
            #expect(stored?.delivery == .queued)
            let conversation = try await store.conversation(message.conversation)
            #expect(conversation?.userID == "491")
            #expect(conversation?.unread == 0)
        }
    }

    @Test func aPairIsPaced() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let pace = PairPace(intervalMilliseconds: 6000, burst: 3)
            func send(_ seconds: Int64) async throws -> Claim {
                let message = NormalizedMessage.outbound("\(seconds)")
                let time = noon.plus(seconds: seconds)
                let result = try await claim(store, message, pace: pace, at: time)
                try await store.settle(message.id, .sent(externalID: "\(message.id)"), now: time)
                return result
            }
            for _ in 0..<3 {
                let granted = try await send(0)
                #expect(granted == .claimed(attempt: 1, partsSent: 0))
            }
            let fourth = try await send(0)
            #expect(fourth == .paced(until: noon.plus(seconds: 6)))
            let early = try await send(5)
            #expect(early == .paced(until: noon.plus(seconds: 6)))
            let next = try await send(6)
            #expect(next == .claimed(attempt: 1, partsSent: 0))
            let tooMany = try await send(7)
            #expect(tooMany == .paced(until: noon.plus(seconds: 12)))
            for _ in 0..<3 {
                let refilled = try await send(60)
                #expect(refilled == .claimed(attempt: 1, partsSent: 0), "the bucket is full again, not fuller")
            }
            let empty = try await send(60)
            #expect(empty == .paced(until: noon.plus(seconds: 66)))
        }
    }

    @Test func statusesSettleWhatIsUnknown() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let answer = try await queued(store)
            try await take(store, answer)
            try await store.settle(answer.id, .unknown, now: noon)
            let foreign = try await store.apply([
                update(.sent, id: answer.id, external: "w", tenant: "other"),
                update(.sent, id: answer.id, external: "w", channel: "other"),
                update(.sent, id: MessageID(at: noon), external: "nothing"), update(.sent),
            ])
            #expect(foreign.isEmpty)
            let changed = try await store.apply([update(.delivered, id: answer.id, external: "w")])
            #expect(changed.count == 1)
            let read = try await store.apply([update(.read, external: "w")])
            #expect(read.count == 1, "the platform's id was learnt from the status")
        }
    }

    @Test func aStatusMayOutrunTheAnswerToTheSend() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let answer = try await queued(store)
            _ = try await claim(store, answer)
            _ = try await store.apply([update(.delivered, id: answer.id)])
            try await store.settle(answer.id, .sent(externalID: "w"), now: noon)
            let stored = try await store.message(answer.id)
            #expect(stored?.delivery == .delivered)
            let read = try await store.apply([update(.read, external: "w")])
            #expect(read.count == 1)
        }
    }

    @Test func failuresKeepTheirReason() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let (first, second) = (NormalizedMessage.outbound(), NormalizedMessage.outbound(conversation: "c:2"))
            _ = try await claim(store, first)
            _ = try await claim(store, second)
            try await store.settle(first.id, .failed(reason: "undeliverable", code: 131_026, text: "gone"), now: noon)
            let stored = try await store.message(first.id)
            #expect(stored?.delivery == .failed)
            #expect(stored?.reason == "undeliverable")
            #expect(stored?.code == 131_026)
            #expect(stored?.failureText == "gone")
            try await store.settle(first.id, .sent(externalID: "w"), now: noon)
            let final = try await store.message(first.id)
            #expect(final?.delivery == .failed, "failed is final")
            try await store.settle(second.id, .sent(externalID: "w2"), now: noon)
            let changed = try await store.apply([update(.failed, external: "w2", code: 131_047)])
            #expect(changed.count == 1)
            let closed = try await store.message(second.id)
            #expect(closed?.reason == "window_closed")
            #expect(closed?.failureText == "code 131047")
        }
    }

    @Test func whatStaysUnknownFails() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let lost = NormalizedMessage.outbound(conversation: "c:1")
            let orphan = NormalizedMessage.outbound(conversation: "c:2")
            let fresh = NormalizedMessage.outbound(conversation: "c:3")
            for message in [lost, orphan] { try await take(store, message) }
            try await store.settle(lost.id, .unknown, now: noon)
            _ = try await claim(store, fresh, at: noon.plus(seconds: 300))
            let now = noon.plus(seconds: 601)
            let expired = try await store.expireUnknown(before: now.plus(seconds: -600), now: now, limit: 10)
            #expect(Set(expired.map(\.message.id)) == [lost.id, orphan.id])
            #expect(expired.allSatisfy { $0.delivery == .failed && $0.reason == "outcome_unknown" })
            let again = try await store.expireUnknown(before: now.plus(seconds: -600), now: now, limit: 10)
            #expect(again.isEmpty)
        }
    }

    @Test func manyBatchesOfTheSameStatusesDoNotCollide() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            var messages: [NormalizedMessage] = []
            for index in 0..<30 {
                let message = NormalizedMessage.outbound(conversation: "c:\(index)")
                _ = try await claim(store, message)
                messages.append(message)
            }
            let ids = messages.map(\.id)
            let changed = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await store.apply(ids.shuffled().map { update(.sent, id: $0) }).count }
                }
                return try await group.reduce(0, +)
            }
            #expect(changed == 30)
        }
    }

    @Test func aNumbersPlacesAreSharedByAll() async throws {
        try await withSchema { pool in
            let store = PostgresMessageStore(pool)
            let first = try await store.reserve(pacingKey: "k", ratePerSecond: 80, count: 8, now: noon)
            #expect(first == PaceGrant(first: noon, count: 8))
            let second = try await store.reserve(pacingKey: "k", ratePerSecond: 80, count: 8, now: noon)
            #expect(second == PaceGrant(first: noon.adding(milliseconds: 100), count: 8))
            let later = try await store.reserve(pacingKey: "k", ratePerSecond: 80, count: 1, now: noon.plus(seconds: 9))
            #expect(later.first == noon.plus(seconds: 9), "what was not used is not saved up")
            let slow = try await store.reserve(pacingKey: "slow", ratePerSecond: 0.5, count: 10, now: noon)
            #expect(slow == PaceGrant(first: noon, count: 1))
            let next = try await store.reserve(pacingKey: "slow", ratePerSecond: 0.5, count: 1, now: noon)
            #expect(next.first == noon.plus(seconds: 2))
            let grants = try await withThrowingTaskGroup(of: PaceGrant.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await store.reserve(pacingKey: "many", ratePerSecond: 1000, count: 10, now: noon)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(grants.map { $0.first - noon }) == Set((0..<20).map { Int64($0 * 10) }))
            for rate in [0, -1, Double.nan, .infinity] {
                let error = await dependencyError {
                    _ = try await store.reserve(pacingKey: "k", ratePerSecond: rate, count: 1, now: noon)
                }
                #expect(error?.isUnavailable == false)
            }
        }
    }
}
