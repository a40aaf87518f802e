package import JSONCoding

/// One write through the API: who changed what, when, from where. Never holds a value, only the names of what changed.
package struct AuditEntry: Sendable, Hashable {
    package struct Actor: Sendable, Hashable {
        /// A token's id, or `env:…` for the tokens of the environment.
        package var id: String
        package var name: String
        package var role: Role

        package init(id: String, name: String, role: Role) {
            self.id = id
            self.name = name
            self.role = role
        }
    }

    /// Rises with time; 0 until it is kept.
    package var number: Int64
    package var at: Timestamp
    package var actor: Actor
    package var method: String
    /// `tenant`, `channel`, `secret`, `token`, `function`, `webhook`, `document`.
    package var entity: String
    package var entityID: String
    package var tenantID: String?
    package var channelID: String?
    /// The members that are not as they were: `name`, `config.graphVersion`, `secrets.appSecret`.
    package var changed: [String]
    package var remoteAddress: String

    package init(
        number: Int64 = 0, at: Timestamp, actor: Actor, method: String, entity: String, entityID: String,
        tenantID: String?, channelID: String?, changed: [String], remoteAddress: String
    ) {
        self.number = number
        self.at = at
        self.actor = actor
        self.method = method
        self.entity = entity
        self.entityID = entityID
        self.tenantID = tenantID
        self.channelID = channelID
        self.changed = changed
        self.remoteAddress = remoteAddress
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "id": .string(String(number)), "at": .string(at.description),
            "actor": ["id": .string(actor.id), "name": .string(actor.name), "role": .string(actor.role.rawValue)],
            "method": .string(method), "entity": .string(entity), "entityId": .string(entityID),
        ]
        object.append("tenantId", tenantID.map(JSONValue.string))
        object.append("channelId", channelID.map(JSONValue.string))
        object.append("changed", .array(changed.map(JSONValue.string)))
        object.append("remoteAddress", .string(remoteAddress))
        return .object(object)
    }
}

/// Which entries are asked for; nil: whatever it is.
package struct AuditFilter: Sendable, Hashable {
    package var tenantID: String?
    package var entity: String?
    package var entityID: String?
    package var actorID: String?
    package var method: String?
    /// From this moment on.
    package var since: Timestamp?
    /// Before this moment.
    package var until: Timestamp?

    package init() {}
}
