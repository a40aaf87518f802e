import ControlAPI
import ControlPlane
import Domain
import JSONCoding
import JSONRPC
import Support
import Testing

struct AccessTests {
    let bench: ControlBench

    init() throws { bench = try ControlBench() }

    @Test(arguments: ControlAPI.methods.map(\.name), Role.allCases)
    func rolesAreKeptToWhatTheyMay(_ name: String, _ role: Role) async throws {
        let method = try #require(ControlAPI.methods.first { $0.name == name })
        let allowed = method.extensions["x-roles"]?.array?.contains(.string(role.rawValue)) == true
        // No params, so that a method that is reached does nothing; waiting would take its time.
        let answer = try await bench.answer(name, name == "fleet.wait" ? ["x": 1] : [:], as: role, tenant: "acme")
        #expect((answer["error"]?["code"] == -32003) == !allowed)
    }

    @Test func aTenantNamesNoModelOnOurNetworks() async throws {
        try await bench.makeTenant("acme")
        func update(_ llm: JSONObject, as role: Role) async throws -> JSONValue {
            try await bench.answer(
                "tenant.update", ["id": "acme", "settings": ["llm": .object(llm)]], as: role, tenant: "acme")
        }
        for url in ["http://127.0.0.1:11434", "http://[::1]/v1", "https://metadata.internal", "http://u:p@example.com"]
        {
            let refused = try await update(["baseUrl": .string(url)], as: .tenant)
            #expect(refused["error"]?["data"]?["errors"]?.array?.first?["path"] == "/settings/llm/baseUrl", "\(url)")
        }
        #expect(try await update(["baseUrl": "https://llm.example.com/v1"], as: .tenant)["result"] != nil)
        // Who runs the platform may; then the tenant may change the rest.
        #expect(try await update(["baseUrl": "http://127.0.0.1:11434"], as: .operator)["result"] != nil)
        #expect(try await update(["temperature": 0.5], as: .tenant)["result"] != nil)
    }

    @Test func aTenantSeesItselfAlone() async throws {
        for tenant in ["acme", "other"] {
            try await bench.makeTenant(tenant)
            try await bench.makeChannel("\(tenant)-wa", tenant: tenant, secrets: ["appSecret": "s"])
            try await bench.call(
                "document.put",
                [
                    "tenantId": .string(tenant), "id": .string("\(tenant)-doc"), "title": "T",
                    "mimeType": "text/plain", "content": "Words.",
                ])
        }
        let message = Samples.message(channel: "other-wa", tenant: "other")
        bench.messages.add(Samples.conversation(of: message), [StoredMessage(message: message)])

        func listed(_ method: String, _ params: JSONObject = [:]) async throws -> [String] {
            let result = try await bench.call(method, params, as: .tenant, tenant: "acme")
            return result["items"]?.array?.compactMap { $0["id"]?.string } ?? []
        }
        #expect(try await listed("tenant.list") == ["acme"])
        #expect(try await listed("channel.list") == ["acme-wa"])
        #expect(try await listed("channel.list", ["tenantId": "acme"]) == ["acme-wa"])

        let foreign: [(String, JSONObject)] = [
            ("tenant.get", ["id": "other"]), ("tenant.update", ["id": "other", "name": "x"]),
            ("channel.create", ["tenantId": "other", "type": "webchat", "config": [:]]),
            ("channel.get", ["id": "other-wa"]), ("channel.list", ["tenantId": "other"]),
            ("channel.update", ["id": "other-wa", "name": "x"]), ("channel.delete", ["id": "other-wa"]),
            ("secret.set", ["tenantId": "other", "name": "llm.apiKey", "value": "x"]),
            ("secret.set", ["tenantId": "acme", "channelId": "other-wa", "name": "appSecret", "value": "x"]),
            ("secret.list", ["tenantId": "other"]), ("secret.list", ["tenantId": "acme", "channelId": "other-wa"]),
            ("secret.delete", ["tenantId": "other", "channelId": "other-wa", "name": "appSecret"]),
            (
                "document.put",
                ["tenantId": "other", "title": "T", "mimeType": "text/plain", "content": "x"]
            ),
            ("document.get", ["id": "other-doc"]), ("document.list", ["tenantId": "other"]),
            ("document.delete", ["id": "other-doc"]), ("document.search", ["tenantId": "other", "query": "words"]),
            ("conversation.list", ["tenantId": "other"]),
            ("conversation.get", ["conversationId": .string(message.conversationID), "channelId": "other-wa"]),
            ("conversation.messages", ["conversationId": .string(message.conversationID), "channelId": "other-wa"]),
            ("message.get", ["id": .string(message.id.description)]),
        ]
        let before = bench.revision
        for (method, params) in foreign {
            let failure = try await bench.failure(method, params, as: .tenant, tenant: "acme")
            #expect(failure.code == -32004, "\(method)")
            #expect(failure.data == .null, "\(method)")
        }
        #expect(bench.revision == before)
        // The same exist for an admin.
        try await bench.call("message.get", ["id": .string(message.id.description)])
    }

    @Test func anotherTenantsIdTellsNothingOfItsRevision() async throws {
        try await bench.makeTenant()
        try await bench.makeTenant("other")
        try await bench.makeChannel("taken", tenant: "other")
        let failure = try await bench.failure(
            "channel.create", ["id": "taken", "tenantId": "acme", "type": "webchat", "config": [:]], as: .tenant,
            tenant: "acme")
        #expect(failure.code == -32009)
        #expect(failure.data == .null)
    }

    @Test func tokensAreTold() {
        let tokens = EnvironmentTokens(admin: "secret-a", node: "secret-n")
        #expect(tokens.caller(token: "secret-a")?.role == .admin)
        #expect(tokens.caller(token: "secret-n")?.role == .node)
        for token in ["", "secret", "secret-aa", "SECRET-A"] { #expect(tokens.caller(token: token) == nil) }
        #expect(EnvironmentTokens(admin: nil, node: nil).caller(token: "") == nil)
    }

    @Test(arguments: [
        ("Bearer abc", "abc"), ("bearer abc", "abc"), ("BEARER  abc", "abc"), ("Basic abc", nil), ("Bearer", nil),
        ("Bearer ", nil), ("Bearer a b", nil), (nil, nil), ("", nil), ("Bearerabc", nil),
    ])
    func bearerHeadersAreRead(_ header: String?, _ token: String?) {
        #expect(BearerHeader.token(header) == token)
    }

    @Test func moreThanTwentyFailuresAMinuteAreLimited() {
        var failures = FailedAuthentications()
        let within = (0..<20).map { failures.note("a", now: Int64($0) * 1000) }
        #expect(within.allSatisfy { $0 == nil })
        let beyond = [("a", 20_000), ("b", 20_000), ("a", 59_999), ("a", 60_000)].map {
            failures.note($0.0, now: Int64($0.1))
        }
        #expect(beyond == [40_000, nil, 1, nil])
    }

    @Test func theCountOfAddressesIsBounded() {
        var failures = FailedAuthentications()
        for index in 0..<30_000 { _ = failures.note("address \(index)", now: Int64(index)) }
        #expect(failures.addressCount <= FailedAuthentications.capacity)
    }
}
