import ControlAPI
import Domain
import JSONCoding
import Support
import Testing

@testable import ControlPlane

struct IntegrationMethodTests {
    let bench: ControlBench
    private let schema: JSONValue = ["type": "object", "properties": ["number": ["type": "string"]]]

    init() throws { bench = try ControlBench() }

    private func function(_ more: JSONObject = [:]) -> JSONObject {
        let params: JSONObject = [
            "tenantId": "acme", "id": "fn", "name": "order_status", "description": "Tells where an order is.",
            "parameters": schema, "url": "https://shop.example.com/f",
        ]
        return params.merging(patch: more)
    }

    private func webhook(_ more: JSONObject = [:]) -> JSONObject {
        let params: JSONObject = [
            "tenantId": "acme", "id": "wh", "url": "https://shop.example.com/w", "events": ["message.received"],
        ]
        return params.merging(patch: more)
    }

    @Test func aFunctionComesIsReadChangedAndGoes() async throws {
        try await bench.makeTenant()
        let created = try await bench.call("function.create", function())
        let secret = try #require(created["secret"]?.string)
        #expect(secret.hasPrefix("whsec_") && created["timeoutMs"] == 10_000 && created["enabled"] == true)
        let read = try await bench.call("function.get", ["id": "fn"])
        #expect(read["secret"] == nil && read["parameters"] == schema)
        #expect(try await bench.call("function.list", ["tenantId": "acme"])["items"]?.array == [read])
        let changed = try await bench.call(
            "function.update",
            ["id": "fn", "name": "status", "timeoutMs": 500, "enabled": false, "ifRevision": read["revision"] ?? .null])
        #expect(changed["name"] == "status" && changed["enabled"] == false && changed["url"] == read["url"])
        #expect(try await bench.failure("function.update", ["id": "fn", "ifRevision": 1]).code == -32009)
        try await bench.call("function.delete", ["id": "fn"])
        #expect(try await bench.failure("function.get", ["id": "fn"]).code == -32004)
        #expect(
            bench.events(after: 1) == [
                "secret upsert /function/fn", "function upsert fn", "function upsert fn", "secret delete /function/fn",
                "function delete fn",
            ])
        #expect(!"\(bench.store.committedState)".contains(secret))
    }

    @Test func aWebhookComesIsReadChangedAndGoes() async throws {
        try await bench.makeTenant()
        let created = try await bench.call(
            "webhook.create",
            webhook(["headers": ["Authorization": "Bearer planted-value"], "events": ["message.sent", "message.sent"]]))
        #expect(created["headerNames"] == ["Authorization"] && created["events"] == ["message.sent"])
        #expect(created["secret"]?.string?.hasPrefix("whsec_") == true && !created.text.contains("planted-value"))
        #expect(!"\(bench.store.committedState)".contains("planted-value"))
        let changed = try await bench.call(
            "webhook.update",
            ["id": "wh", "headers": [:], "events": ["message.failed"], "url": "https://other.example"])
        #expect(changed["headerNames"] == [] && changed["url"] == "https://other.example" && changed["secret"] == nil)
        #expect(bench.store.committedState.secrets.count == 1)
        // What is a webhook's own is not shown and not to be deleted as a secret.
        #expect(try await bench.call("secret.list", ["tenantId": "acme"])["items"] == [])
        #expect(
            try await bench.failure("secret.delete", ["tenantId": "acme", "name": "webhook/wh"]).code == -32004)
        try await bench.call("webhook.delete", ["id": "wh"])
        #expect(bench.store.committedState.secrets.isEmpty)
    }

    @Test func everyFaultIsToldAtOnce() async throws {
        try await bench.makeTenant()
        let functions: [(JSONObject, [String])] = [
            (
                function(["name": "with space", "parameters": ["type": "string"], "timeoutMs": 1]),
                ["/name", "/parameters", "/timeoutMs"]
            ),
            (function(["url": "http://10.0.0.1/"]), ["/url"]), (function(["url": "not a url"]), ["/url"]),
            (function(["parameters": ["type": "object", "required": "number"]]), ["/parameters"]),
        ]
        for (params, paths) in functions {
            let failure = try await bench.failure("function.create", params)
            #expect(failure.code == -32602 && failure.paths == paths, "\(failure)")
        }
        let webhooks: [(JSONObject, [String])] = [
            (webhook(["events": ["message.received", "order.placed"]]), ["/events/1"]),
            (webhook(["events": []]), ["/events"]), (webhook(["url": "http://localhost/"]), ["/url"]),
            (
                webhook(["headers": ["host": "x", "a b": "y", "ok": "line\nbreak"]]),
                ["/headers/a b", "/headers/host", "/headers/ok"]
            ),
        ]
        for (params, paths) in webhooks {
            let failure = try await bench.failure("webhook.create", params)
            #expect(failure.code == -32602 && failure.paths == paths, "\(failure)")
        }
        #expect(bench.revision == 1)
    }

    @Test func aNameIsTakenOnceInATenant() async throws {
        try await bench.makeTenant()
        try await bench.makeTenant("other")
        try await bench.call("function.create", function())
        #expect(try await bench.failure("function.create", function(["id": "fn2"])).data == ["functionId": "fn"])
        try await bench.call("function.create", function(["id": "fn2", "name": "second"]))
        #expect(try await bench.failure("function.update", ["id": "fn2", "name": "order_status"]).code == -32009)
        try await bench.call("function.create", function(["id": "fn3", "tenantId": "other"]))
    }

    @Test func aForeignTenantSeesNothing() async throws {
        try await bench.makeTenant()
        try await bench.makeTenant("other")
        try await bench.call("function.create", function())
        try await bench.call("webhook.create", webhook())
        let calls: [(String, JSONObject)] = [
            ("function.get", ["id": "fn"]), ("function.update", ["id": "fn", "enabled": false]),
            ("function.delete", ["id": "fn"]), ("function.list", ["tenantId": "acme"]),
            ("function.create", function(["id": "x"])), ("webhook.get", ["id": "wh"]),
            ("webhook.update", ["id": "wh", "enabled": false]), ("webhook.delete", ["id": "wh"]),
            ("webhook.list", ["tenantId": "acme"]), ("webhook.create", webhook(["id": "x"])),
        ]
        for (method, params) in calls {
            #expect(try await bench.failure(method, params, as: .tenant, tenant: "other").code == -32004, "\(method)")
        }
        let taken = try await bench.failure(
            "webhook.create", webhook(["tenantId": "other"]), as: .tenant, tenant: "other")
        #expect(taken.code == -32009 && taken.data == .null)
    }

    @Test func theyGoWithTheirTenant() async throws {
        try await bench.makeTenant()
        try await bench.call("function.create", function())
        try await bench.call("webhook.create", webhook(["headers": ["x-key": "v"]]))
        try await bench.call("tenant.delete", ["id": "acme"])
        let state = bench.store.committedState
        #expect(state.functions.isEmpty && state.webhooks.isEmpty && state.secrets.isEmpty)
    }
}
