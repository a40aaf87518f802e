import Logging
import NIOPosix
import Synchronization

/// Reads and writes the cache file on threads that may block, beside the changes that go on.
final class CacheWriter: Sendable {
    private let cache: ConfigCache
    private let logger: Logger
    private let savedRevision = Mutex<Int64?>(nil)
    private let offers: AsyncStream<ConfigState>
    private let offered: AsyncStream<ConfigState>.Continuation

    init(_ cache: ConfigCache, logger: Logger) {
        self.cache = cache
        self.logger = logger
        (offers, offered) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The cached configuration; nil where there is none that can be used.
    func load() async -> ConfigState? {
        do {
            let cache = cache
            guard let loaded = try await NIOThreadPool.singleton.runIfActive({ try cache.load() }) else { return nil }
            savedRevision.withLock { $0 = loaded.state.revision }
            logger.info("config restored from the cache", metadata: ["revision": "\(loaded.state.revision)"])
            return loaded.state
        } catch {
            logger.warning("config cache ignored", metadata: ["path": "\(cache.path)", "error": "\(error)"])
            return nil
        }
    }

    /// Asks for this state to be written, unless a newer one is offered first.
    func offer(_ state: ConfigState) { offered.yield(state) }

    func run() async {
        for await state in offers { await save(state) }
    }

    /// Writes the state unless it is what the file holds.
    func save(_ state: ConfigState?) async {
        guard let state, savedRevision.withLock({ $0 }) != state.revision else { return }
        do {
            let cache = cache
            try await NIOThreadPool.singleton.runIfActive { try cache.save(state) }
            savedRevision.withLock { $0 = state.revision }
        } catch {
            logger.warning("config cache not written", metadata: ["path": "\(cache.path)", "error": "\(error)"])
        }
    }
}
