import Synchronization

/// The simulator's state, shared by its server and its courier, and the bells that tell of changes.
final class SimulatorCore: Sendable {
    private let state: Mutex<SimulatorState>
    /// Rings when there may be a webhook to post.
    let work = Bell()
    /// Rings when something was logged or settled.
    let news = Bell()

    init(configuration: SimulatorConfiguration, run: UInt32) {
        state = Mutex(SimulatorState(configuration: configuration, run: run))
    }

    func read<T: Sendable>(_ body: (SimulatorState) -> T) -> T { state.withLock { body($0) } }

    /// Changes the state, then rings both bells.
    func change<T: Sendable>(_ body: (inout SimulatorState) -> T) -> T {
        let result = state.withLock { body(&$0) }
        work.ring()
        news.ring()
        return result
    }

    /// Takes work away; nobody needs to hear of it.
    func take<T: Sendable>(_ body: (inout SimulatorState) -> T) -> T { state.withLock { body(&$0) } }

    /// Waits until `condition` gives a value, at most so long.
    ///
    /// - Returns: nil when the time is over.
    func wait<T: Sendable>(
        atMost limit: Duration, until condition: @escaping @Sendable (SimulatorState) -> T?
    ) async throws -> T? {
        if let value = read(condition) { return value }
        guard limit > .zero else { return nil }
        return try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask {
                for await _ in self.news.listen() {
                    if let value = self.read(condition) { return value }
                }
                throw CancellationError()
            }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
