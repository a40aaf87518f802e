import Synchronization

/// How far a node's configuration is; shared by whoever reports or serves it.
package final class ConfigSyncStatus: Sendable {
    package struct Value: Sendable, Hashable {
        /// Whether there is a configuration to serve.
        package var isReady = false
        /// Every change up to this revision is in use.
        package var revision: Int64 = 0
        /// Of the configuration received, refused parts included.
        package var contentHash = ""
        package var refusals: [ConfigRefusal] = []
        /// Why the control plane cannot be read at present.
        package var trouble: String?
    }

    private struct State {
        var value = Value()
        var observers: [@Sendable (Value) -> Void] = []
    }

    private let state = Mutex(State())

    package init() {}

    package var current: Value { state.withLock { $0.value } }

    /// Calls back after every change, on the task that made it; must be quick.
    package func observe(_ changed: @escaping @Sendable (Value) -> Void) {
        state.withLock { $0.observers.append(changed) }
    }

    func update(_ change: (inout Value) -> Void) {
        let (value, observers) = state.withLock { state -> (Value, [@Sendable (Value) -> Void]) in
            let old = state.value
            change(&state.value)
            return (state.value, state.value == old ? [] : state.observers)
        }
        for observer in observers { observer(value) }
    }
}

extension ConfigSyncStatus.Value {
    /// What is wrong, as one line for people; nil when all is well. At most 1000 characters.
    package var error: String? {
        let refused = refusals.sorted { ($0.revision, "\($0.entity)") < ($1.revision, "\($1.entity)") }
        guard let first = refused.first else { return isReady ? nil : trouble.map { String($0.prefix(1000)) } }
        let more = refused.count > 1 ? " (and \(refused.count - 1) more)" : ""
        return String("refused \(first)".prefix(950)) + more
    }

    /// The revision up to which everything is in use, while parts of a later one are refused.
    static func usableRevision(_ revision: Int64, _ refusals: [ConfigRefusal]) -> Int64 {
        refusals.map { max(0, min(revision, $0.revision - 1)) }.min() ?? revision
    }
}
