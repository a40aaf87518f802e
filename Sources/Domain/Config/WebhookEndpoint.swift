package import JSONCoding

/// What happens in a tenant, as it is told to webhooks and on the exchange `metachat.events`.
package enum EventType: String, Sendable, Hashable, CaseIterable {
    case messageReceived = "message.received"
    case messageSent = "message.sent"
    case messageFailed = "message.failed"
    case messageStatus = "message.status"
    case conversationCreated = "conversation.created"
    case conversationUpdated = "conversation.updated"
    case handoffRequested = "human_handoff.requested"
    case documentIndexed = "document.indexed"
}

/// Where a tenant is told of events (Standard Webhooks).
package struct WebhookEndpoint: Sendable, Hashable {
    package var id: String
    package var tenantID: String
    package var url: String
    package var events: [EventType]
    /// Names of further headers; their values are kept as a secret.
    package var headerNames: [String]
    package var enabled: Bool
    package var revision: Int64
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: String, tenantID: String, url: String, events: [EventType], headerNames: [String], enabled: Bool,
        revision: Int64, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.tenantID = tenantID
        self.url = url
        self.events = events
        self.headerNames = headerNames
        self.enabled = enabled
        self.revision = revision
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Under which its deliveries are signed; the value is the tenant's secret of this name.
    package var signingKey: SecretKey { SecretKey(tenantID: tenantID, channelID: nil, name: "webhook/\(id)") }
    /// Under which the further headers are kept, as a JSON object.
    package var headersKey: SecretKey {
        SecretKey(tenantID: tenantID, channelID: nil, name: "webhook-headers/\(id)")
    }

    package var json: JSONValue {
        [
            "id": .string(id), "tenantId": .string(tenantID), "url": .string(url),
            "events": .array(events.map { .string($0.rawValue) }),
            "headerNames": .array(headerNames.map(JSONValue.string)), "enabled": .bool(enabled),
            "revision": .integer(revision), "createdAt": .string(createdAt.description),
            "updatedAt": .string(updatedAt.description),
        ]
    }
}

extension SecretKey {
    /// Whether it belongs to a function or a webhook and comes and goes with that, not through `secret.…`.
    package var isInternal: Bool { channelID == nil && name.contains("/") }
}
