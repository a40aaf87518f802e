package import JSONCoding

/// One committed change of the configuration, as it goes to the fanout `metachat.config`.
///
/// JSON form: `Schemas/config-event.schema.json`.
package struct ConfigEvent: Sendable, Hashable {
    package enum Entity: String, Sendable, CaseIterable { case tenant, channel, secret, function, webhook }
    package enum Operation: String, Sendable, CaseIterable { case upsert, delete }

    package var revision: Int64
    package var entity: Entity
    package var operation: Operation
    /// The entity's id; of a secret `channelId/name`.
    package var id: String
    package var tenantID: String
    /// The entity as it is now; null on delete. Secrets as sealed values only.
    package var data: JSONValue

    package init(
        revision: Int64, entity: Entity, operation: Operation, id: String, tenantID: String, data: JSONValue
    ) {
        self.revision = revision
        self.entity = entity
        self.operation = operation
        self.id = id
        self.tenantID = tenantID
        self.data = data
    }
}

extension ConfigEvent {
    package var json: JSONValue {
        [
            "revision": .integer(revision), "entity": .string(entity.rawValue), "op": .string(operation.rawValue),
            "id": .string(id), "tenantId": .string(tenantID), "data": data,
        ]
    }

    /// An entity this version does not know is a fault of `/entity`, to be passed over, not to be refused.
    package init?(reading reader: JSONReader) {
        let read = reader.openObject { object -> ConfigEvent? in
            let revision = object.required("revision") { $0.integer(in: 1 ... .max) }
            let entity = object.required("entity") { $0.oneOf(Entity.self) }
            let operation = object.required("op") { $0.oneOf(Operation.self) }
            let id = object.required("id") { $0.string(0...256) }
            let tenantID = object.required("tenantId") { $0.identifier() }
            let data = object.required("data") { $0.value }
            guard let revision, let entity, let operation, let id, let tenantID, let data else { return nil }
            return ConfigEvent(
                revision: revision, entity: entity, operation: operation, id: id, tenantID: tenantID, data: data)
        }
        guard let read else { return nil }
        self = read
    }
}

/// The whole configuration at one revision: what `config.snapshot` answers.
package struct ConfigSnapshot: Sendable, Hashable {
    package var revision: Int64
    package var tenants: [Tenant]
    package var channels: [Channel]
    package var secrets: [StoredSecret]
    package var functions: [FunctionDefinition]
    package var webhooks: [WebhookEndpoint]

    package init(
        revision: Int64, tenants: [Tenant], channels: [Channel], secrets: [StoredSecret],
        functions: [FunctionDefinition] = [], webhooks: [WebhookEndpoint] = []
    ) {
        self.functions = functions
        self.webhooks = webhooks
        self.revision = revision
        self.tenants = tenants
        self.channels = channels
        self.secrets = secrets
    }
}
