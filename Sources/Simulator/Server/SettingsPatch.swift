import JSONCoding

/// What `PATCH /simulator/settings` changes; absent members stay.
struct SettingsPatch: Sendable {
    private var changes: [@Sendable (inout SimulatorState) -> Void] = []

    init?(reading reader: JSONReader) {
        var changes: [@Sendable (inout SimulatorState) -> Void] = []
        let read = reader.object { object -> Bool? in
            func change<T: Sendable>(
                _ name: String, _ read: (JSONReader) -> T?,
                _ apply: @escaping @Sendable (inout SimulatorState, T) -> Void
            ) {
                if object.has(name), let value = object.required(name, read) {
                    changes.append { apply(&$0, value) }
                }
            }
            change("webhookUrl", { Self.nullable($0, SendContent.link) }) { $0.defaultWebhookURL = $1.value }
            change("accessToken", { Self.nullable($0) { $0.string(1...1024) } }) { $0.accessToken = $1.value }
            change("sentAfterMs", Self.delay) { $0.settings.sentAfter = $1.value }
            change("deliveredAfterMs", Self.delay) { $0.settings.deliveredAfter = $1.value }
            change("readAfterMs", Self.delay) { $0.settings.readAfter = $1.value }
            change("statusesPerWebhook", { $0.integer(in: 1...1000) }) { $0.settings.statusesPerWebhook = Int($1) }
            change("duplicateStatuses", { $0.number(in: 0...1) }) { $0.settings.duplicateStatuses = $1 }
            change("reorderStatuses", { $0.number(in: 0...1) }) { $0.settings.reorderStatuses = $1 }
            change("seed", { $0.integer(in: 0 ... .max) }) { $0.random = SeededRandom(seed: UInt64($1)) }
            change("webhooksInFlight", { $0.integer(in: 1...1024) }) { $0.settings.webhooksInFlight = Int($1) }
            change("retryBaseMs", { $0.integer(in: 1...3_600_000) }) { $0.settings.retryBase = $1 }
            change("retryCapMs", { $0.integer(in: 1...3_600_000) }) { $0.settings.retryCap = $1 }
            change("retryAttempts", { $0.integer(in: 1...1000) }) { $0.settings.retryAttempts = Int($1) }
            change("webhookTimeoutMs", { $0.integer(in: 1...600_000) }) { $0.settings.webhookTimeout = $1 }
            return true
        }
        guard read != nil else { return nil }
        self.changes = changes
    }

    func apply(to state: inout SimulatorState) {
        for change in changes { change(&state) }
    }

    /// A value that null switches off.
    private struct Nullable<T: Sendable>: Sendable {
        var value: T?
    }

    private static func nullable<T: Sendable>(_ reader: JSONReader, _ read: (JSONReader) -> T?) -> Nullable<T>? {
        reader.value.isNull ? Nullable(value: nil) : read(reader).map { Nullable(value: $0) }
    }

    private static func delay(_ reader: JSONReader) -> Nullable<Int64>? {
        nullable(reader) { $0.integer(in: 0...86_400_000) }
    }
}

extension SimulatorState {
    /// The settings without anything secret.
    var settingsJSON: JSONValue {
        func number(_ value: Int64?) -> JSONValue { value.map(JSONValue.integer) ?? .null }
        return [
            "webhookUrl": JSONValue(defaultWebhookURL), "accessTokenRequired": .bool(accessToken != nil),
            "sentAfterMs": number(settings.sentAfter), "deliveredAfterMs": number(settings.deliveredAfter),
            "readAfterMs": number(settings.readAfter),
            "statusesPerWebhook": JSONValue(settings.statusesPerWebhook),
            "duplicateStatuses": .number(settings.duplicateStatuses),
            "reorderStatuses": .number(settings.reorderStatuses),
            "webhooksInFlight": JSONValue(settings.webhooksInFlight), "retryBaseMs": .integer(settings.retryBase),
            "retryCapMs": .integer(settings.retryCap), "retryAttempts": JSONValue(settings.retryAttempts),
            "webhookTimeoutMs": .integer(settings.webhookTimeout),
        ]
    }
}
