package import JSONCoding

/// A bearer token of the control plane's API, without the token: that is shown once and kept as a digest.
package struct AccessToken: Sendable, Hashable {
    package var id: String
    /// What people call it.
    package var name: String
    package var role: Role
    /// The one tenant that a token of role tenant is for.
    package var tenantID: String?
    package var createdAt: Timestamp
    /// From then on it is not valid; nil: until it is revoked.
    package var expiresAt: Timestamp?

    package init(
        id: String, name: String, role: Role, tenantID: String?, createdAt: Timestamp, expiresAt: Timestamp?
    ) {
        self.id = id
        self.name = name
        self.role = role
        self.tenantID = tenantID
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    package func isValid(at now: Timestamp) -> Bool { expiresAt.map { now < $0 } ?? true }

    /// `{id, name, role, tenantId?, createdAt, expiresAt?}`.
    package var json: JSONValue {
        var object: JSONObject = ["id": .string(id), "name": .string(name), "role": .string(role.rawValue)]
        object.append("tenantId", tenantID.map(JSONValue.string))
        object.append("createdAt", .string(createdAt.description))
        object.append("expiresAt", expiresAt.map { .string($0.description) })
        return .object(object)
    }
}
