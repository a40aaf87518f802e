import Domain
import JSONCoding
import Sealing
import Testing

@testable import ConfigSync

@Suite struct ConfigStateTests {
    @Test func changesAndSnapshotsMeetAtOneHash() throws {
        let keyring = try Keyring.forTests()
        var world = World.acme
        var state = world.state
        let key = SecretKey(tenantID: "acme", channelID: "wa1", name: "appSecret")
        try world.putSecret(key, "one", keyring: keyring)
        try world.putSecret(SecretKey(tenantID: "acme", channelID: nil, name: "llm.apiKey"), "two", keyring: keyring)
        try world.putSecret(key, "three", keyring: keyring)
        world.putTenant("beta", settings: ["tone": "casual"])
        world.remove(.secret(key))
        world.remove(.channel("wa2"))
        for event in world.events where event.revision > 3 { _ = state.apply(event) }
        #expect(state.contentHash == world.state.contentHash && state.contentHash.count == 64)
        #expect(state.secretCount == 1 && state.secret(key) == nil)
        #expect(state.secrets(tenantID: "acme", channelID: nil).keys.sorted() == ["llm.apiKey"])
        world.remove(.tenant("beta"))
        #expect(state.contentHash != world.state.contentHash)
    }

    @Test func emptyIsEmpty() {
        var state = ConfigState()
        let empty = state.contentHash
        let world = World.acme
        for tenant in world.tenants.values { state.put(tenant) }
        for channel in world.channels.values { state.put(channel) }
        for id in world.channels.keys { state.remove(.channel(id)) }
        for id in world.tenants.keys { state.remove(.tenant(id)) }
        state.remove(.tenant("never there"))
        #expect(state.contentHash == empty)
    }

    /// The database neither keeps the order of members nor tells 1 from 1.0.
    @Test func theHashDoesNotDependOnHowJSONIsWritten() {
        var one = World.acme
        var two = one
        one.channels["wa1"]?.config = ["a": 1, "b": ["x": 2.5, "y": [true, nil]]]
        two.channels["wa1"]?.config = ["b": ["y": [true, nil], "x": 2.5], "a": 1.0]
        #expect(one.state.contentHash == two.state.contentHash)
        two.channels["wa1"]?.config = ["b": ["y": [nil, true], "x": 2.5], "a": 1.0]
        #expect(one.state.contentHash != two.state.contentHash)
    }

    @Test func differencesOfTwoStates() throws {
        let keyring = try Keyring.forTests()
        var world = World.acme
        let key = SecretKey(tenantID: "acme", channelID: "wa1", name: "appSecret")
        let gone = SecretKey(tenantID: "acme", channelID: "wa2", name: "appSecret")
        try world.putSecret(key, "one", keyring: keyring)
        try world.putSecret(gone, "one", keyring: keyring)
        let old = world.state
        #expect(world.state.changes(since: old) == ConfigChanges())
        try world.putSecret(key, "two", keyring: keyring)
        world.remove(.secret(gone))
        world.remove(.channel("wa2"))
        world.putTenant("beta")
        #expect(
            world.state.changes(since: old).entities
                == [.secret(key), .secret(gone), .channel("wa2"), .tenant("beta")])
        #expect(
            old.changes(since: world.state).entities
                == [.secret(key), .secret(gone), .channel("wa2"), .tenant("beta")])
    }

    @Test func messagesOfTheFanout() {
        let good = World.acme.events[0]
        guard case .event(let event)? = ConfigSyncMachine.Change(message: good.json.serialized())?.kind else {
            Issue.record("not read")
            return
        }
        #expect(event == good)
        func kind(_ text: String) -> ConfigSyncMachine.Change.Kind? {
            ConfigSyncMachine.Change(message: Array(text.utf8))?.kind
        }
        let later = #"{"revision":9,"entity":"robot","op":"upsert","id":"r","tenantId":"acme","data":{}}"#
        guard case .unknownEntity? = kind(later) else {
            Issue.record("a later version's entity is not passed over")
            return
        }
        for bad in [
            "", "{}", "[]", #"{"revision":0}"#, #"{"revision":9}"#, #"{"revision":"9"}"#,
            #"{"revision":9,"entity":7,"op":"upsert","id":"r","tenantId":"acme","data":{}}"#,
            #"{"revision":9,"entity":"robot","op":"explode","id":"r","tenantId":"acme","data":{}}"#,
        ] {
            #expect(kind(bad) == nil, "\(bad)")
        }
    }
}
