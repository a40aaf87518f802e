import ControlAPI
import Domain
import JSONCoding
import JSONRPC

extension ControlHandlers {
    func addTenants(to registry: inout MethodRegistry<CallContext>) {
        addWrite(TenantCreate.method, to: &registry) { params, transaction, _ in
            let id = params.id ?? EntityID.make("tn")
            if let existing = try await transaction.tenant(id) {
                throw RPCError.conflict(
                    "there is a tenant of this id", data: ["currentRevision": .integer(existing.revision)])
            }
            let now = clock.now()
            return try await transaction.save(
                Tenant(
                    id: id, name: params.name, settings: params.settings, enabled: params.enabled, revision: 0,
                    createdAt: now, updatedAt: now))
        }

        registry.add(TenantGet.method) { params, context in try await tenant(params.id, context) }

        registry.add(TenantList.method) { params, context in
            guard context.caller.role == .tenant else { return try await store.tenants(params.page) }
            guard let id = context.caller.tenantID, let own = try await store.tenant(id) else {
                return Page(items: [], nextCursor: nil)
            }
            return Page(items: [own], nextCursor: nil)
        }

        addWrite(TenantUpdate.method, to: &registry) { params, transaction, context in
            try context.requireSight(of: params.id)
            guard var tenant = try await transaction.tenant(params.id) else { throw RPCError.notFound("tenant") }
            try params.ifRevision.check(against: tenant.revision)
            if let name = params.name { tenant.name = name }
            if let enabled = params.enabled { tenant.enabled = enabled }
            if let patch = params.settings {
                let settings = try JSONReader.read(
                    .object(tenant.settings.merging(patch: patch)), at: "/settings", TenantSettings.readObject)
                try check(modelURL: settings, was: tenant.settings, context)
                tenant.settings = settings
            }
            tenant.updatedAt = clock.now()
            return try await transaction.save(tenant)
        }

        addWrite(TenantDelete.method, to: &registry) { params, transaction, context in
            try context.requireSight(of: params.id)
            guard let tenant = try await transaction.tenant(params.id) else { throw RPCError.notFound("tenant") }
            try params.ifRevision.check(against: tenant.revision)
            try await deleteIntegrations(of: tenant.id, transaction)
            // What depends goes first, so that nobody ever sees a secret without its channel's tenant.
            for secret in try await transaction.secrets(tenantID: tenant.id, channelID: nil) {
                _ = try await transaction.deleteSecret(secret.key)
            }
            for channel in try await transaction.channels(tenantID: tenant.id) {
                _ = try await transaction.deleteChannel(channel)
            }
            return Deleted(id: tenant.id, revision: try await transaction.deleteTenant(tenant.id))
        }
    }

    /// A model on one's own network is for those to name who run it: a tenant's own token would look around there.
    private func check(modelURL settings: JSONObject, was old: JSONObject, _ context: CallContext) throws(RPCError) {
        guard context.caller.role == .tenant, let url = settings["llm"]?["baseUrl"]?.string,
            url != old["llm"]?["baseUrl"]?.string
        else { return }
        if let fault = OutboundURL.fault(url, allowPrivate: allowsPrivateURLs) {
            throw .invalidParams("/settings/llm/baseUrl", "must \(fault)")
        }
    }

    /// A tenant that this caller sees.
    func tenant(_ id: String, _ context: CallContext) async throws -> Tenant {
        try context.requireSight(of: id)
        guard let tenant = try await store.tenant(id) else { throw RPCError.notFound("tenant") }
        return tenant
    }
}

extension Int64? {
    /// - Parameter current: the entity's revision; 0 where there is none.
    func check(against current: Int64) throws(RPCError) {
        if let self, self != current { throw .staleRevision(current: current) }
    }
}
