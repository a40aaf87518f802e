/// Pauses that double from 100 ms to 5 s, with jitter.
struct Backoff: Sendable {
    private static let first: Int64 = 100
    private static let longest: Int64 = 5000

    private(set) var failures = 0

    mutating func reset() { failures = 0 }

    /// The next pause, in milliseconds.
    mutating func next() -> Int64 {
        let full = min(Self.longest, Self.first << Int64(min(failures, 10)))
        failures += 1
        return full / 2 + Int64.random(in: 0...full / 2)
    }

    /// Pauses; ends early when the task is cancelled.
    mutating func wait() async {
        do { try await Task.sleep(for: .milliseconds(next())) } catch {}
    }
}
