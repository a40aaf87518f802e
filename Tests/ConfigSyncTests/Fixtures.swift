import Domain
import Encodings
import JSONCoding
import Sealing

@testable import ConfigSync

/// A small world of configuration and everything that happens to it, as the control plane would tell it.
struct World {
    var tenants: [String: Tenant] = [:]
    var channels: [String: Channel] = [:]
    var secrets: [SecretKey: StoredSecret] = [:]
    var revision: Int64 = 0
    /// Every change so far, in order.
    var events: [ConfigEvent] = []

    static let time = Timestamp(milliseconds: 1_790_000_000_000)

    var snapshot: ConfigSnapshot {
        ConfigSnapshot(
            revision: revision, tenants: Array(tenants.values), channels: Array(channels.values),
            secrets: Array(secrets.values))
    }

    /// The state as a node builds it from a snapshot.
    var state: ConfigState { ConfigState(snapshot) }

    private mutating func record(
        _ entity: ConfigEvent.Entity, _ operation: ConfigEvent.Operation, _ id: String, _ tenantID: String,
        _ data: JSONValue
    ) {
        events.append(
            ConfigEvent(
                revision: revision, entity: entity, operation: operation, id: id, tenantID: tenantID, data: data))
    }

    mutating func putTenant(_ id: String, settings: JSONObject = [:], enabled: Bool = true) {
        revision += 1
        let tenant = Tenant(
            id: id, name: id.uppercased(), settings: settings, enabled: enabled, revision: revision,
            createdAt: Self.time, updatedAt: Self.time)
        tenants[id] = tenant
        record(.tenant, .upsert, id, id, tenant.json)
    }

    mutating func putChannel(
        _ id: String, tenant: String = "acme", type: ChannelType = .whatsapp, config: JSONObject? = nil
    ) {
        revision += 1
        let config: JSONObject =
            config ?? ["phoneNumberId": "106", "businessAccountId": "7", "webhookVerifyToken": .string("t\(revision)")]
        let channel = Channel(
            id: id, tenantID: tenant, type: type, name: nil, config: config, enabled: true, revision: revision,
            createdAt: Self.time, updatedAt: Self.time)
        channels[id] = channel
        record(.channel, .upsert, id, tenant, channel.json)
    }

    mutating func putSecret(_ key: SecretKey, _ value: String, keyring: Keyring) throws {
        revision += 1
        let sealed = try keyring.seal(value, context: key.sealingContext)
        let secret = StoredSecret(
            key: key, sealed: SealedBytes(keyID: sealed.keyID, nonce: sealed.nonce, ciphertext: sealed.ciphertext),
            fingerprint: keyring.fingerprint(of: value), revision: revision, updatedAt: Self.time)
        secrets[key] = secret
        record(.secret, .upsert, key.eventID, key.tenantID, secret.json)
    }

    mutating func remove(_ entity: ConfigEntity) {
        revision += 1
        switch entity {
        case .tenant(let id):
            tenants[id] = nil
            record(.tenant, .delete, id, id, nil)
        case .channel(let id):
            let tenant = channels.removeValue(forKey: id)?.tenantID ?? "acme"
            record(.channel, .delete, id, tenant, nil)
        case .secret(let key):
            secrets[key] = nil
            record(.secret, .delete, key.eventID, key.tenantID, nil)
        }
    }

    /// The changes after a revision.
    func changes(after revision: Int64) -> [ConfigSyncMachine.Change] {
        events.filter { $0.revision > revision }.map { .init(revision: $0.revision, kind: .event($0)) }
    }

    /// A tenant with two channels.
    static var acme: World {
        var world = World()
        world.putTenant("acme")
        world.putChannel("wa1")
        world.putChannel("wa2")
        return world
    }
}

extension Keyring {
    static func forTests(_ id: String = "k1", byte: UInt8 = 7) throws -> Keyring {
        try Keyring(parsing: "\(id):" + Base64.encode([UInt8](repeating: byte, count: 32)))
    }
}
