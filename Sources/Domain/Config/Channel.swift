package import JSONCoding

/// One way customers reach a tenant: a WhatsApp number, a Messenger page, a website's chat.
package struct Channel: Sendable, Hashable {
    package var id: String
    package var tenantID: String
    package var type: ChannelType
    package var name: String?
    /// The config as it was given; ``ChannelConfig`` reads it. Never holds secrets.
    package var config: JSONObject
    package var enabled: Bool
    /// The global config revision of its last change; its secrets have their own.
    package var revision: Int64
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: String, tenantID: String, type: ChannelType, name: String?, config: JSONObject, enabled: Bool,
        revision: Int64, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.tenantID = tenantID
        self.type = type
        self.name = name
        self.config = config
        self.enabled = enabled
        self.revision = revision
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

extension Channel {
    package var json: JSONValue {
        [
            "id": .string(id), "tenantId": .string(tenantID), "type": .string(type.rawValue),
            "name": JSONValue(name), "config": .object(config), "enabled": .bool(enabled),
            "revision": .integer(revision), "createdAt": .string(createdAt.description),
            "updatedAt": .string(updatedAt.description),
        ]
    }

    package init?(reading reader: JSONReader) {
        let read = reader.openObject { object -> Channel? in
            let id = object.required("id") { $0.identifier() }
            let tenantID = object.required("tenantId") { $0.identifier() }
            let type = object.required("type") { $0.oneOf(ChannelType.self) }
            let name = object.optional("name") { $0.string() }
            let config = object.required("config") { $0.rawObject() }
            let enabled = object.required("enabled") { $0.bool() }
            let revision = object.required("revision") { $0.integer(in: 0 ... .max) }
            let createdAt = object.required("createdAt", Timestamp.read)
            let updatedAt = object.required("updatedAt", Timestamp.read)
            guard let id, let tenantID, let type, let config, let enabled, let revision, let createdAt, let updatedAt
            else { return nil }
            return Channel(
                id: id, tenantID: tenantID, type: type, name: name, config: config, enabled: enabled,
                revision: revision, createdAt: createdAt, updatedAt: updatedAt)
        }
        guard let read else { return nil }
        self = read
    }
}
