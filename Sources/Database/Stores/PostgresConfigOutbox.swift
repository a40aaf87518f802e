package import Domain
import Synchronization

/// The outbox of config changes, for whoever holds the lead among the control planes.
package struct PostgresConfigOutbox: ConfigOutbox {
    /// The advisory lock of the lead.
    private static let lockKey: Int64 = 0x6d63_6f75_7462_6f78

    private let pool: PostgresPool
    private let committed: CommittedEvents
    private let interval: Duration

    /// - Parameters:
    ///   - committed: shared with this process's store, so that its own changes are published without being read back.
    ///   - interval: How often one who waits for the lead looks whether it is free.
    package init(
        _ pool: PostgresPool, committed: CommittedEvents = CommittedEvents(),
        every interval: Duration = .milliseconds(250)
    ) {
        self.pool = pool
        self.committed = committed
        self.interval = interval
    }

    package func lead<R: Sendable>(
        _ body: @escaping @Sendable (any ConfigOutboxSession) async throws -> R
    ) async throws -> R {
        let news = News()
        let lock = try await AdvisoryLock.acquire(
            Self.lockKey, pool.configuration.connection, every: interval,
            listeningTo: [PostgresConfigStore.outboxChannel], onNotification: { _ in news.ring() })
        committed.begin { news.ring() }
        defer { committed.end() }
        let session = PostgresConfigOutboxSession(pool: pool, committed: committed, news: news)
        // It escapes into a task group that has ended before this returns.
        return try await withoutActuallyEscaping(body) { body in
            try await race({ try await body(session) }, against: lock)
        }
    }

    /// The body and the watch over the lock: the first to end decides.
    private func race<R: Sendable>(
        _ body: @escaping @Sendable () async throws -> R, against lock: AdvisoryLock
    ) async throws -> R {
        let result: Result<R, any Error> = await withTaskGroup(of: Result<R, any Error>?.self) { group in
            group.addTask {
                do { return .success(try await body()) } catch { return .failure(error) }
            }
            group.addTask {
                await lock.waitUntilGone()
                return nil
            }
            let first = await group.next() ?? nil
            if let first {
                await lock.release()
                return first
            }
            group.cancelAll()
            if case .some(.some(.success(let value))) = await group.next() { return .success(value) }
            return .failure(DependencyError.unavailable("the lead was lost with its connection"))
        }
        return try result.get()
    }
}

/// Whether something has been committed.
private final class News: Sendable {
    private struct State {
        var isNew = true
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextID: UInt64 = 0
    }

    private let state = Mutex(State())

    func ring() {
        let waiting = state.withLock { state in
            state.isNew = true
            let waiting = state.waiting
            state.waiting = [:]
            return waiting
        }
        for continuation in waiting.values { continuation.resume() }
    }

    func clear() { state.withLock { $0.isNew = false } }

    func wait() async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isNew || Task.isCancelled { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
    }
}

private struct PostgresConfigOutboxSession: ConfigOutboxSession {
    var pool: PostgresPool
    var committed: CommittedEvents
    var news: News

    func unpublished(limit: Int) async throws -> [ConfigEvent] {
        news.clear()
        let known = committed.next(limit: limit)
        guard known.isEmpty else { return known }
        return try await storing {
            try await pool.query(
                """
                SELECT revision, entity, operation, id, tenant_id, data FROM config_outbox
                WHERE published_at IS NULL ORDER BY revision LIMIT $1
                """, [max(1, limit)]
            ).map(ConfigEvent.init)
        }
    }

    /// What was published a week ago is forgotten on this occasion, a little at a time.
    ///
    /// Nobody waits for the disk: a server that crashes may forget the mark, then the changes are published once more.
    func markPublished(through revision: Int64) async throws {
        defer { committed.published(through: revision) }
        _ = try await storing {
            try await pool.batch([
                .withoutWaitingForTheDisk,
                PostgresStatement(
                    "UPDATE config_outbox SET published_at = now() WHERE published_at IS NULL AND revision <= $1",
                    [revision]),
                PostgresStatement(
                    """
                    DELETE FROM config_outbox WHERE revision IN (
                        SELECT revision FROM (
                            SELECT revision, published_at FROM config_outbox ORDER BY revision LIMIT 100) AS oldest
                        WHERE published_at < now() - interval '7 days')
                    """),
            ])
        }
    }

    func wake(atMost milliseconds: Int64) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await news.wait() }
            group.addTask { try await Task.sleep(for: .milliseconds(max(0, milliseconds))) }
            try await group.next()
            group.cancelAll()
        }
        try Task.checkCancellation()
    }
}
