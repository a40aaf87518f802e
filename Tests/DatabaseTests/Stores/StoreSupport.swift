import Domain
import JSONCoding
import Logging
import Support
import Testing

@testable import Database

/// A pool on a database of its own with the whole schema.
func withSchema<T: Sendable>(size: Int = 8, _ body: @Sendable (PostgresPool) async throws -> T) async throws -> T {
    try await PostgresFixture.withDatabase(
        template: "schema",
        prepare: { url in try await Migrator(PostgresConfiguration.patient(url), logger: .quiet).apply() },
        { url in
            let configuration = PostgresPool.Configuration(
                connection: PostgresConfiguration.patient(url), size: size, acquireTimeout: .seconds(60))
            return try await PostgresPool.with(configuration, logger: .quiet, body)
        })
}

/// The `DependencyError` that `body` throws; anything else is a failure of the test.
func dependencyError(
    _ location: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async -> DependencyError? {
    do {
        try await body()
        Issue.record("nothing was thrown", sourceLocation: location)
    } catch let error as DependencyError {
        return error
    } catch {
        Issue.record("thrown: \(error)", sourceLocation: location)
    }
    return nil
}

/// Times that tests count with.
let noon = Timestamp(milliseconds: 1_795_348_800_000)

extension Timestamp {
    func plus(seconds: Int64) -> Timestamp { adding(milliseconds: seconds * 1000) }
}

extension NormalizedMessage {
    /// A customer's text.
    static func inbound(
        _ text: String = "Hello", externalID: String? = nil, tenant: String = "t", channel: String = "c",
        conversation: String = "c:491", at time: Timestamp = noon
    ) -> NormalizedMessage {
        NormalizedMessage(
            id: MessageID(at: time), tenantID: tenant, channelID: channel, channel: .whatsapp,
            conversationID: conversation, externalID: externalID, direction: .inbound, from: "491", to: "492",
            timestamp: time, type: .text, content: MessageContent(text: text), metadata: ["k": ["v", 1, 1.5, nil]])
    }

    /// The bot's text.
    static func outbound(
        _ text: String = "Answer", tenant: String = "t", channel: String = "c", conversation: String = "c:491",
        at time: Timestamp = noon
    ) -> NormalizedMessage {
        NormalizedMessage(
            id: MessageID(at: time), tenantID: tenant, channelID: channel, channel: .whatsapp,
            conversationID: conversation, direction: .outbound, from: "bot", to: "491", timestamp: time, type: .text,
            content: MessageContent(text: text))
    }

    func at(position: Int64) -> NormalizedMessage {
        var message = self
        message.position = position
        return message
    }
}

extension Tenant {
    static func sample(_ id: String, name: String = "Name") -> Tenant {
        Tenant(
            id: id, name: name, settings: ["brandName": "B", "ragConfig": ["topK": 3]], enabled: true, revision: 0,
            createdAt: noon, updatedAt: noon)
    }
}

extension Channel {
    static func sample(_ id: String, tenant: String, type: ChannelType = .whatsapp) -> Channel {
        Channel(
            id: id, tenantID: tenant, type: type, name: nil, config: ["phoneNumberId": "1", "x": 1.0], enabled: true,
            revision: 0, createdAt: noon, updatedAt: noon)
    }
}

extension StoredSecret {
    static func sample(tenant: String, channel: String?, name: String = "appSecret") -> StoredSecret {
        StoredSecret(
            key: SecretKey(tenantID: tenant, channelID: channel, name: name),
            sealed: SealedBytes(keyID: "k1", nonce: Array(0..<12), ciphertext: Array(0..<40)), fingerprint: "abcd",
            revision: 0, updatedAt: noon)
    }
}
