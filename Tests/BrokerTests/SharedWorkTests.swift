import Broker
import Testing

@Suite(.timeLimit(.minutes(20)))
struct SharedWorkTests {
    @Test func whoAsksDuringARunSharesTheNext() async throws {
        let shared = SharedWork()
        let runs = Counter()
        let gate = AsyncStream<Void>.makeStream()
        async let first = shared.share {
            runs.next()
            for await _ in gate.stream { break }
            return .failure(.timedOut("first"))
        }
        try await eventually("the first run") { runs.value == 1 }
        await withTaskGroup(of: SharedWork.Outcome.self) { group in
            for _ in 0..<5 {
                group.addTask {
                    await shared.share {
                        runs.next()
                        return .success(())
                    }
                }
            }
            while shared.waitingCount < 5 { await Task.yield() }
            gate.continuation.finish()
            // The first one's failure is its own.
            for await outcome in group { #expect(throws: Never.self) { try outcome.get() } }
        }
        let own = await first
        #expect(throws: BrokerError.timedOut("first")) { try own.get() }
        #expect(runs.value == 2)
        // Nobody is left: the next one runs at once.
        let next = await shared.share { .success(()) }
        #expect(throws: Never.self) { try next.get() }
    }
}
