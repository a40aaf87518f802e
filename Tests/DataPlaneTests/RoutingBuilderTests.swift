import Channels
import ConfigSync
import Domain
import Encodings
import JSONCoding
import Logging
import Sealing
import Testing

@testable import DataPlane

@Suite final class RoutingBuilderTests {
    private let routing = Routing()
    private let builder: RoutingBuilder
    private let keyring: Keyring
    private var state = ConfigState()
    private var revision: Int64 = 0

    init() throws {
        keyring = try Self.keyring("k1", 7)
        builder = RoutingBuilder(
            routing: routing, keyring: keyring, registry: AdapterRegistry(defaults: ChannelDefaults()),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private static func keyring(_ id: String, _ byte: UInt8) throws -> Keyring {
        try Keyring(parsing: "\(id):" + Base64.encode([UInt8](repeating: byte, count: 32)))
    }

    fileprivate static let time = Timestamp(milliseconds: 1_790_000_000_000)

    // MARK: Changes as the control plane tells them

    private func apply(
        _ entity: ConfigEvent.Entity, _ id: String, tenant: String = "acme", _ data: JSONValue?
    ) -> [ConfigRefusal] {
        revision += 1
        let snapshot = ConfigSyncMachine.Change(
            revision: revision,
            kind: .event(
                ConfigEvent(
                    revision: revision, entity: entity, operation: data == nil ? .delete : .upsert, id: id,
                    tenantID: tenant, data: data ?? .null)))
        var machine = ConfigSyncMachine()
        _ = machine.restored(state)
        let step = machine.received(snapshot)
        state = machine.state
        return builder.apply(state, step.changes ?? ConfigChanges())
    }

    private func putTenant(_ id: String = "acme", _ settings: JSONObject = [:], enabled: Bool = true)
        -> [ConfigRefusal]
    {
        let tenant = Tenant(
            id: id, name: id, settings: settings, enabled: enabled, revision: revision + 1, createdAt: Self.time,
            updatedAt: Self.time)
        return apply(.tenant, id, tenant: id, tenant.json)
    }

    private func putChannel(
        _ id: String = "wa1", _ extra: JSONObject = [:], type: ChannelType = .whatsapp, enabled: Bool = true
    ) -> [ConfigRefusal] {
        var config: JSONObject =
            type == .whatsapp
            ? ["phoneNumberId": "106", "businessAccountId": "7"] : type == .messenger ? ["pageId": "9"] : [:]
        for (key, value) in extra { config[key] = value }
        let channel = Channel(
            id: id, tenantID: "acme", type: type, name: nil, config: config, enabled: enabled, revision: revision + 1,
            createdAt: Self.time, updatedAt: Self.time)
        return apply(.channel, id, channel.json)
    }

    private func putSecret(
        _ name: String, _ value: String, channel: String = "wa1", context: String? = nil, keyring: Keyring? = nil,
        previous: (String, Timestamp, Keyring)? = nil
    ) throws -> [ConfigRefusal] {
        let key = SecretKey(tenantID: "acme", channelID: channel, name: name)
        func seal(_ value: String, _ keyring: Keyring) throws -> SealedBytes {
            let sealed = try keyring.seal(value, context: context ?? key.sealingContext)
            return SealedBytes(keyID: sealed.keyID, nonce: sealed.nonce, ciphertext: sealed.ciphertext)
        }
        let secret = StoredSecret(
            key: key, sealed: try seal(value, keyring ?? self.keyring), fingerprint: "f", revision: revision + 1,
            updatedAt: Self.time,
            previous: try previous.map { .init(sealed: try seal($0.0, $0.2), acceptedUntil: $0.1) })
        return apply(.secret, key.eventID, secret.json)
    }

    private func verifies(_ token: String, at time: Timestamp = RoutingBuilderTests.time) -> Bool {
        routing.current.channel("wa1")?.webhook?.accepts(verifyToken: token, now: time) ?? false
    }

    // MARK: Tests

    @Test func aChannelComesIntoUseWithItsSecrets() throws {
        #expect(putTenant().isEmpty && putChannel("wa1", ["webhookVerifyToken": "from config"]).isEmpty)
        let first = try #require(routing.current.channel("wa1"))
        #expect(verifies("from config") && first.tenant.tenant.id == "acme" && first.generation == 2)
        #expect(routing.current.usable(.whatsapp, tenantID: "acme").map(\.channel.id) == ["wa1"])
        #expect(try putSecret("webhookVerifyToken", "secret").isEmpty)
        #expect(verifies("secret") && !verifies("from config"))
        #expect(routing.current.channel("wa1")?.generation == 3 && routing.current.revision == 3)
        // Work that began with the old one goes on with it.
        #expect(first.webhook?.accepts(verifyToken: "from config", now: Self.time) == true)
        #expect(apply(.secret, "wa1/webhookVerifyToken", nil).isEmpty)
        #expect(verifies("from config") && routing.current.channel("wa1")?.generation == 4)
    }

    @Test func theValueBeforeHasItsGracePeriod() throws {
        _ = putTenant()
        _ = putChannel()
        let until = Self.time.adding(milliseconds: 60_000)
        _ = try putSecret("webhookVerifyToken", "new", previous: ("old", until, keyring))
        #expect(verifies("new") && verifies("old"))
        #expect(verifies("new", at: until) && !verifies("old", at: until))
        // A previous value that does not open is no reason to refuse the new one.
        let lost = try Self.keyring("gone", 1)
        #expect(try putSecret("webhookVerifyToken", "newer", previous: ("new", until, lost)).isEmpty)
        #expect(verifies("newer") && !verifies("new"))
    }

    @Test func aSecretThatDoesNotOpenIsRefusedAndHeals() throws {
        _ = putTenant()
        _ = putChannel()
        _ = try putSecret("webhookVerifyToken", "good")
        let key = SecretKey(tenantID: "acme", channelID: "wa1", name: "webhookVerifyToken")
        let refusals = try putSecret("webhookVerifyToken", "bad", keyring: try Self.keyring("unknown", 1))
        #expect(refusals.map(\.entity) == [.secret(key)] && refusals.first?.revision == 4)
        #expect(refusals.first?.reason.contains("unknown") == true && verifies("good"))
        // Another change of the channel does not make it good, and the refusal stays.
        #expect(putChannel("wa1", ["messagesPerSecond": 5]).map(\.revision) == [4])
        #expect(putTenant("other").map(\.revision) == [4])
        #expect(try putSecret("webhookVerifyToken", "moved", context: "acme/other/webhookVerifyToken").count == 1)
        #expect(verifies("good"))
        #expect(try putSecret("webhookVerifyToken", "better").isEmpty && verifies("better"))
    }

    @Test func unreadableConfigAndSettingsKeepTheLastGood() throws {
        _ = putTenant("acme", ["brandName": "Acme"])
        _ = putChannel("wa1", ["webhookVerifyToken": "good"])
        let refused = putChannel("wa1", ["webhookVerifyToken": "newer", "fromTheFuture": 1])
        #expect(refused.map(\.entity) == [.channel("wa1")] && refused[0].reason.contains("/fromTheFuture"))
        #expect(verifies("good"))
        let both = putTenant("acme", ["brandName": 7])
        #expect(Set(both.map(\.entity)) == [.channel("wa1"), .tenant("acme")])
        #expect(routing.current.tenant("acme")?.settings.brandName == "Acme")
        #expect(putTenant("acme", ["brandName": "Zeta"]).map(\.entity) == [.channel("wa1")])
        #expect(routing.current.channel("wa1")?.tenant.settings.brandName == "Zeta" && verifies("good"))
        #expect(apply(.channel, "wa1", nil).isEmpty && routing.current.channels.isEmpty)
    }

    @Test func aTenantsChangeReachesItsChannelsAndKeepsTheirAdapters() throws {
        _ = putTenant()
        _ = putChannel("wa1")
        _ = putChannel("wa2")
        let before = try #require(routing.current.channel("wa1"))
        _ = putTenant("acme", ["enabledChannels": ["webchat"]])
        let after = try #require(routing.current.channel("wa1"))
        #expect(before.adapter as AnyObject === after.adapter as AnyObject && after.generation == before.generation)
        #expect(routing.current.usable(.whatsapp, tenantID: "acme").isEmpty)
        _ = putTenant("acme", enabled: false)
        #expect(routing.current.usable(.whatsapp, tenantID: "acme").isEmpty)
        _ = putTenant("acme")
        #expect(routing.current.usable(.whatsapp, tenantID: "acme").map(\.channel.id) == ["wa1", "wa2"])
        let untouched = try #require(routing.current.channel("wa2"))
        _ = putChannel("wa1", ["partitions": 4])
        #expect(routing.current.channel("wa2") === untouched)
        #expect(routing.current.partitions(.whatsapp, tenantID: "acme") == 4)
        #expect(routing.current.partitions(.whatsapp, tenantID: "nobody") == 1)
    }

    @Test func disabledIsNotUsable() {
        _ = putTenant()
        _ = putChannel("wa1", enabled: false)
        #expect(routing.current.usable(.whatsapp, tenantID: "acme").isEmpty && routing.current.channel("wa1") != nil)
    }

    /// The control plane may know more types of channel than this node.
    @Test func typesThatAreNotSupportedYetHurtNobody() {
        _ = putTenant()
        #expect(putChannel("m1", type: .messenger).isEmpty && putChannel("w1", type: .webchat).isEmpty)
        #expect(putChannel("wa1").isEmpty)
        #expect(routing.current.channels.keys.sorted() == ["wa1"])
        #expect(apply(.channel, "m1", nil).isEmpty)
    }

    @Test func channelsComeAndGoWithTheirTenant() {
        #expect(putChannel("wa1").isEmpty && routing.current.channels.isEmpty)
        #expect(putTenant().isEmpty && routing.current.channels.keys.sorted() == ["wa1"])
        #expect(apply(.tenant, "acme", nil).isEmpty)
        #expect(routing.current.channels.isEmpty && routing.current.tenants.isEmpty)
        #expect(routing.current.usable(.whatsapp, tenantID: "acme").isEmpty)
    }

    @Test func aWholeNewStateReplacesEverything() throws {
        _ = putTenant()
        _ = putChannel("wa1")
        _ = putChannel("wa2", ["fromTheFuture": 1])
        let old = try #require(routing.current.channel("wa1"))
        #expect(builder.apply(state, .whole).map(\.entity) == [.channel("wa2")])
        #expect(routing.current.channel("wa1") !== old && routing.current.channel("wa1")?.generation == old.generation)
        #expect(builder.apply(ConfigState(), .whole).isEmpty)
        #expect(routing.current.channels.isEmpty && routing.current.tenants.isEmpty)
    }
}
