package import JSONCoding

/// An HTTP tool that a tenant's model may call.
package struct FunctionDefinition: Sendable, Hashable {
    package var id: String
    package var tenantID: String
    /// What the model calls it: one of its kind in the tenant, `[A-Za-z0-9_-]{1,64}`.
    package var name: String
    package var text: String
    /// JSON Schema of the arguments, an object's.
    package var parameters: JSONObject
    package var url: String
    package var timeoutMilliseconds: Int64
    package var enabled: Bool
    package var revision: Int64
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: String, tenantID: String, name: String, text: String, parameters: JSONObject, url: String,
        timeoutMilliseconds: Int64, enabled: Bool, revision: Int64, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.tenantID = tenantID
        self.name = name
        self.text = text
        self.parameters = parameters
        self.url = url
        self.timeoutMilliseconds = timeoutMilliseconds
        self.enabled = enabled
        self.revision = revision
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Under which its calls are signed; the value is the tenant's secret of this name.
    package var signingKey: SecretKey { SecretKey(tenantID: tenantID, channelID: nil, name: "function/\(id)") }

    package var json: JSONValue {
        [
            "id": .string(id), "tenantId": .string(tenantID), "name": .string(name), "description": .string(text),
            "parameters": .object(parameters), "url": .string(url), "timeoutMs": .integer(timeoutMilliseconds),
            "enabled": .bool(enabled), "revision": .integer(revision), "createdAt": .string(createdAt.description),
            "updatedAt": .string(updatedAt.description),
        ]
    }
}
