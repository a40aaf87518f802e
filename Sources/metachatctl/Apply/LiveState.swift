import JSONCoding

/// What the control plane has of the declared tenants.
struct LiveState: Sendable {
    struct Tenant: Sendable {
        /// nil: there is no such tenant.
        var entity: JSONObject?
        /// By noun.
        var entities: [String: [JSONObject]] = [:]
        /// `name` of the tenant's own, `channelId/name` of a channel's.
        var secrets: Set<String> = []
        /// The declared ones, with their metadata; and all that a list gives.
        var documents: [String: JSONObject] = [:]
    }

    var tenants: [String: Tenant] = [:]
}

extension LiveState {
    /// Reads it.
    static func read(_ declared: [Declaration.Tenant], _ client: ControlClient) async throws -> LiveState {
        var state = LiveState()
        for tenant in declared {
            let id: JSONObject = ["tenantId": .string(tenant.id)]
            var live = Tenant()
            live.entity = try await client.find("tenant.get", ["id": .string(tenant.id)])?.object
            if live.entity != nil {
                let nouns = Set(tenant.children.map(\.kind.noun))
                for kind in EntityKind.all(.control)
                where nouns.contains(kind.noun) || tenant.sections.contains(kind.section) {
                    live.entities[kind.noun] = try await client.all(kind.list.name, id).compactMap(\.object)
                }
                if !tenant.entity.secrets.isEmpty || tenant.children.contains(where: { !$0.entity.secrets.isEmpty }) {
                    for item in try await client.all("secret.list", id) {
                        guard let name = item["name"]?.string else { continue }
                        live.secrets.insert((item["channelId"]?.string).map { "\($0)/\(name)" } ?? name)
                    }
                }
                if tenant.sections.contains("documents") {
                    for item in try await client.all("document.list", id) {
                        if let object = item.object, let id = object["id"]?.string { live.documents[id] = object }
                    }
                }
            }
            state.tenants[tenant.id] = live
        }
        return state
    }
}
