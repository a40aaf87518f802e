import Synchronization

/// Queues known to exist, for one life of the publishing connection, and requests under way for them.
struct QueueCache {
    private var epoch: UInt64 = 0
    private var known: Set<String> = []
    /// Made by us and not yet sure to outlive the broker, see ``BrokerClient/declareLastingly(_:timeout:)``.
    private(set) var fleeting: Set<String> = []
    private var waiting: [String: [CheckedContinuation<Result<Void, BrokerError>?, Never>]] = [:]

    mutating func knows(_ name: String, epoch: UInt64) -> Bool {
        if epoch != self.epoch {
            known.removeAll()
            self.epoch = epoch
        }
        return known.contains(name)
    }

    mutating func insert(_ name: String, epoch: UInt64) {
        if epoch == self.epoch { known.insert(name) }
    }

    mutating func remove(_ name: String) { known.remove(name) }

    mutating func isFleeting(_ name: String) { fleeting.insert(name) }

    mutating func lasts(_ name: String) { fleeting.remove(name) }

    /// True for the first who asks: it has to do the work.
    mutating func claim(_ name: String) -> Bool {
        if waiting[name] != nil { return false }
        waiting[name] = []
        return true
    }

    /// Queues up behind the first; false where that one is done already.
    mutating func join(_ name: String, _ continuation: CheckedContinuation<Result<Void, BrokerError>?, Never>) -> Bool {
        guard waiting[name] != nil else { return false }
        waiting[name]?.append(continuation)
        return true
    }

    mutating func finish(_ name: String) -> [CheckedContinuation<Result<Void, BrokerError>?, Never>] {
        waiting.removeValue(forKey: name) ?? []
    }
}

extension BrokerClient {
    /// Makes sure that a queue exists, once for each life of the connection; callers at the same time share one
    /// request, and publishes go on meanwhile.
    ///
    /// - Throws: ``BrokerError/refused(code:text:)`` with 406 where it exists with other properties.
    package func ensureQueue(
        _ declaration: QueueDeclaration, timeout: Duration = .seconds(10)
    ) async throws(BrokerError) {
        let name = declaration.name
        while true {
            let epoch = epoch
            let (known, mine) = queues.withLock { cache in
                cache.knows(name, epoch: epoch) ? (true, false) : (false, cache.claim(name))
            }
            if known { return }
            if mine {
                let result = await declare(declaration, epoch: epoch, timeout: timeout)
                for waiter in queues.withLock({ $0.finish(name) }) { waiter.resume(returning: result) }
                return try result.get()
            }
            let result = await withCheckedContinuation { continuation in
                let joined = queues.withLock { $0.join(name, continuation) }
                if !joined { continuation.resume(returning: Result<Void, BrokerError>?.none) }
            }
            if let result { return try result.get() }
        }
    }

    private func declare(
        _ declaration: QueueDeclaration, epoch: UInt64, timeout: Duration
    ) async -> Result<Void, BrokerError> {
        do throws(BrokerError) {
            try await declareLastingly(declaration, timeout: timeout)
            queues.withLock { $0.insert(declaration.name, epoch: epoch) }
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    /// The next ``ensureQueue(_:timeout:)`` asks the broker again.
    package func forgetQueue(_ name: String) {
        queues.withLock { $0.remove(name) }
    }

    /// Declares a queue and tells its depth.
    package func declareQueue(
        _ declaration: QueueDeclaration, timeout: Duration = .seconds(10)
    ) async throws(BrokerError) -> QueueDepth {
        if declaration.type == .classic, declaration.singleActiveConsumer {
            try Self.requireSafeClassicQueues(serverVersion: serverVersion)
        }
        return try await depth(.declareQueue(declaration), timeout)
    }

    /// Whether the broker can serve our queues with this setting; to be asked once it is up.
    ///
    /// RabbitMQ 3.10 and 3.11 crash a classic queue with a single active consumer when that consumer leaves
    /// (rabbitmq-server #5460).
    package func require(_ type: QueueType) throws(BrokerError) {
        if type == .classic { try Self.requireSafeClassicQueues(serverVersion: serverVersion) }
    }

    static func requireSafeClassicQueues(serverVersion: String) throws(BrokerError) {
        let parts = serverVersion.split(separator: ".")
        guard parts.count >= 2, parts[0] == "3", parts[1] == "10" || parts[1] == "11" else { return }
        throw .unsupported(
            """
            RabbitMQ \(serverVersion) crashes classic queues with a single active consumer when it leaves; \
            use METACHAT_QUEUE_TYPE=quorum, or RabbitMQ 3.12 or later
            """)
    }

    /// A queue's depth, for metrics.
    ///
    /// - Throws: ``BrokerError/refused(code:text:)`` with 404 where there is none.
    package func inspectQueue(_ name: String, timeout: Duration = .seconds(5)) async throws(BrokerError) -> QueueDepth {
        try await depth(.inspectQueue(name), timeout)
    }

    /// Deletes a queue; gives how many messages went with it. No error where there is none.
    package func deleteQueue(_ name: String, timeout: Duration = .seconds(10)) async throws(BrokerError) -> Int {
        forgetQueue(name)
        return try await count(.deleteQueue(name), timeout)
    }

    /// Drops the messages that are ready in a queue; gives their number.
    package func purgeQueue(_ name: String, timeout: Duration = .seconds(10)) async throws(BrokerError) -> Int {
        try await count(.purgeQueue(name), timeout)
    }

    package func declareExchange(
        _ exchange: ExchangeDeclaration, timeout: Duration = .seconds(10)
    ) async throws(BrokerError) {
        _ = try await publishing.request(.declareExchange(exchange), timeout: timeout)
    }

    package func deleteExchange(_ name: String, timeout: Duration = .seconds(10)) async throws(BrokerError) {
        _ = try await publishing.request(.deleteExchange(name), timeout: timeout)
    }

    package func bind(_ binding: Binding, timeout: Duration = .seconds(10)) async throws(BrokerError) {
        _ = try await publishing.request(.bind(binding), timeout: timeout)
    }

    package func unbind(_ binding: Binding, timeout: Duration = .seconds(10)) async throws(BrokerError) {
        _ = try await publishing.request(.unbind(binding), timeout: timeout)
    }

    private func depth(_ request: TopologyRequest, _ timeout: Duration) async throws(BrokerError) -> QueueDepth {
        guard case .queue(let depth) = try await publishing.request(request, timeout: timeout) else {
            throw .unavailable("an unexpected answer")
        }
        return depth
    }

    private func count(_ request: TopologyRequest, _ timeout: Duration) async throws(BrokerError) -> Int {
        guard case .count(let count) = try await publishing.request(request, timeout: timeout) else {
            throw .unavailable("an unexpected answer")
        }
        return count
    }
}
