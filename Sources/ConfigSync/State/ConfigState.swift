package import Domain
import JSONCoding

/// The configuration at one revision. Two nodes at one revision have equal states, and so equal hashes.
package struct ConfigState: Sendable {
    package internal(set) var revision: Int64 = 0
    package private(set) var tenants: [String: Tenant] = [:]
    package private(set) var channels: [String: Channel] = [:]
    private var scopes: [Scope: [String: StoredSecret]] = [:]
    private var digest = ConfigDigest()

    private struct Scope: Hashable {
        var tenantID: String
        var channelID: String?
    }

    package init() {}

    package init(_ snapshot: ConfigSnapshot) {
        for tenant in snapshot.tenants { put(tenant) }
        for channel in snapshot.channels { put(channel) }
        for secret in snapshot.secrets { put(secret) }
        revision = snapshot.revision
    }

    /// The secrets of a channel, or with nil the tenant's own, by name.
    package func secrets(tenantID: String, channelID: String?) -> [String: StoredSecret] {
        scopes[Scope(tenantID: tenantID, channelID: channelID)] ?? [:]
    }

    package func secret(_ key: SecretKey) -> StoredSecret? {
        scopes[Scope(tenantID: key.tenantID, channelID: key.channelID)]?[key.name]
    }

    package var secretCount: Int { scopes.values.reduce(0) { $0 + $1.count } }

    /// Every secret, in no particular order.
    package func forEachSecret(_ body: (StoredSecret) throws -> Void) rethrows {
        for scope in scopes.values { for secret in scope.values { try body(secret) } }
    }

    /// Digest of the contents, 64 hex digits: the same for the same configuration, however it came about. Does not
    /// cover times.
    package var contentHash: String { digest.text }

    // MARK: Changing

    package mutating func put(_ tenant: Tenant) {
        let old = tenants.updateValue(tenant, forKey: tenant.id)
        if let old { digest.toggle(old) }
        digest.toggle(tenant)
    }

    package mutating func put(_ channel: Channel) {
        let old = channels.updateValue(channel, forKey: channel.id)
        if let old { digest.toggle(old) }
        digest.toggle(channel)
    }

    package mutating func put(_ secret: StoredSecret) {
        let scope = Scope(tenantID: secret.key.tenantID, channelID: secret.key.channelID)
        let old = scopes[scope, default: [:]].updateValue(secret, forKey: secret.key.name)
        if let old { digest.toggle(old) }
        digest.toggle(secret)
    }

    /// Removing what is not there changes nothing.
    package mutating func remove(_ entity: ConfigEntity) {
        switch entity {
        case .tenant(let id):
            if let old = tenants.removeValue(forKey: id) { digest.toggle(old) }
        case .channel(let id):
            if let old = channels.removeValue(forKey: id) { digest.toggle(old) }
        case .secret(let key):
            let scope = Scope(tenantID: key.tenantID, channelID: key.channelID)
            if let old = scopes[scope]?.removeValue(forKey: key.name) { digest.toggle(old) }
            if scopes[scope]?.isEmpty ?? false { scopes[scope] = nil }
        }
    }

    /// Takes over what another state has of this entity, if it has it.
    mutating func take(_ entity: ConfigEntity, from other: borrowing ConfigState) {
        switch entity {
        case .tenant(let id): if let tenant = other.tenants[id] { put(tenant) }
        case .channel(let id): if let channel = other.channels[id] { put(channel) }
        case .secret(let key): if let secret = other.secret(key) { put(secret) }
        }
    }
}

extension ConfigState {
    enum Applied {
        case changed(ConfigEntity)
        /// A kind of entity that nodes of this version have no use for.
        case irrelevant
        /// The entity stays as it was.
        case refused(ConfigRefusal)
    }

    /// Applies one change and moves on to its revision, whatever came of it.
    mutating func apply(_ event: ConfigEvent) -> Applied {
        revision = event.revision
        let entity: ConfigEntity
        switch event.entity {
        case .tenant: entity = .tenant(event.id)
        case .channel: entity = .channel(event.id)
        case .secret:
            guard let key = SecretKey(tenantID: event.tenantID, eventID: event.id) else { return .irrelevant }
            entity = .secret(key)
        case .function, .webhook: return .irrelevant
        }
        guard event.operation == .upsert else {
            remove(entity)
            return .changed(entity)
        }
        do throws(JSONFaults) {
            try put(entity, reading: event.data)
            return .changed(entity)
        } catch {
            return .refused(ConfigRefusal(entity: entity, revision: event.revision, reason: error.description))
        }
    }

    private mutating func put(_ entity: ConfigEntity, reading data: JSONValue) throws(JSONFaults) {
        let mismatch = JSONFaults([JSONFault(path: "", message: "is another entity than the event names")])
        switch entity {
        case .tenant(let id):
            let tenant = try JSONReader.read(data, Tenant.init(reading:))
            guard tenant.id == id else { throw mismatch }
            put(tenant)
        case .channel(let id):
            let channel = try JSONReader.read(data, Channel.init(reading:))
            guard channel.id == id else { throw mismatch }
            put(channel)
        case .secret(let key):
            let secret = try JSONReader.read(data, StoredSecret.init(reading:))
            guard secret.key == key else { throw mismatch }
            put(secret)
        }
    }

    /// What is different from an older state of the same history, in which a revision tells a content.
    func changes(since old: borrowing ConfigState) -> ConfigChanges {
        var entities: Set<ConfigEntity> = []
        for (id, tenant) in tenants where old.tenants[id]?.revision != tenant.revision { entities.insert(.tenant(id)) }
        for id in old.tenants.keys where tenants[id] == nil { entities.insert(.tenant(id)) }
        for (id, channel) in channels where old.channels[id]?.revision != channel.revision {
            entities.insert(.channel(id))
        }
        for id in old.channels.keys where channels[id] == nil { entities.insert(.channel(id)) }
        for (scope, secrets) in scopes {
            for (name, secret) in secrets where old.scopes[scope]?[name]?.revision != secret.revision {
                entities.insert(.secret(secret.key))
            }
        }
        for (scope, secrets) in old.scopes {
            for (name, secret) in secrets where scopes[scope]?[name] == nil { entities.insert(.secret(secret.key)) }
        }
        return ConfigChanges(entities: entities)
    }
}
