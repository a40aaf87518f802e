import Domain
import JSONCoding

/// Whether the dependencies answer. One look at a time, good for a second, since anybody may ask.
actor HealthCheck {
    struct Health: Sendable {
        var database: Bool
        var broker: Bool
    }

    private static let validity: Duration = .seconds(1)
    private static let patience: Duration = .seconds(2)

    private let store: any ConfigStore
    private let broker: any MessageBroker
    private var known: (database: Bool, at: ContinuousClock.Instant)?
    private var running: Task<Bool, Never>?

    init(store: any ConfigStore, broker: any MessageBroker) {
        self.store = store
        self.broker = broker
    }

    func health() async -> Health {
        Health(database: await databaseAnswers(), broker: broker.isUp)
    }

    private func databaseAnswers() async -> Bool {
        if let known, ContinuousClock.now - known.at < Self.validity { return known.database }
        if let running { return await running.value }
        let store = store
        // Owned by this actor: whoever asks meanwhile shares it, and it ends within `patience`.
        let task = Task { await Self.look(store) }
        running = task
        let answer = await task.value
        running = nil
        known = (answer, .now)
        return answer
    }

    private static func look(_ store: any ConfigStore) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    _ = try await store.revision()
                    return true
                } catch {
                    return false
                }
            }
            group.addTask {
                do { try await Task.sleep(for: patience) } catch {}
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
    }
}
