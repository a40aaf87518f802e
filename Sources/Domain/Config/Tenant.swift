package import JSONCoding

/// A business, with everything that is decided for all of its channels.
package struct Tenant: Sendable, Hashable {
    package var id: String
    package var name: String
    /// The settings as they were given; ``TenantSettings`` reads them.
    package var settings: JSONObject
    package var enabled: Bool
    /// The global config revision of its last change.
    package var revision: Int64
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: String, name: String, settings: JSONObject, enabled: Bool, revision: Int64, createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.settings = settings
        self.enabled = enabled
        self.revision = revision
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

extension Tenant {
    package var json: JSONValue {
        [
            "id": .string(id), "name": .string(name), "settings": .object(settings), "enabled": .bool(enabled),
            "revision": .integer(revision), "createdAt": .string(createdAt.description),
            "updatedAt": .string(updatedAt.description),
        ]
    }

    /// Reads what ``json`` writes. Settings are taken as they stand: the reader may be older than the writer.
    package init?(reading reader: JSONReader) {
        let read = reader.openObject { object -> Tenant? in
            let id = object.required("id") { $0.identifier() }
            let name = object.required("name") { $0.string() }
            let settings = object.required("settings") { $0.rawObject() }
            let enabled = object.required("enabled") { $0.bool() }
            let revision = object.required("revision") { $0.integer(in: 0 ... .max) }
            let createdAt = object.required("createdAt", Timestamp.read)
            let updatedAt = object.required("updatedAt", Timestamp.read)
            guard let id, let name, let settings, let enabled, let revision, let createdAt, let updatedAt else {
                return nil
            }
            return Tenant(
                id: id, name: name, settings: settings, enabled: enabled, revision: revision, createdAt: createdAt,
                updatedAt: updatedAt)
        }
        guard let read else { return nil }
        self = read
    }
}
