import ControlAPI
import Domain
import JSONCoding
import Support
import Testing

@testable import ControlPlane

struct AuditTests {
    let bench: ControlBench

    init() throws { bench = try ControlBench() }

    private func lines(_ params: JSONObject = [:], as role: Role = .admin, tenant: String? = nil) async throws
        -> [String]
    {
        let result = try await bench.call("audit.list", params, as: role, tenant: tenant)
        return result["items"]?.array?.map { entry in
            let changed = entry["changed"]?.array?.compactMap(\.string).joined(separator: " ") ?? ""
            return "\(entry["method"]?.string ?? "") \(entry["entity"]?.string ?? "") "
                + "\(entry["entityId"]?.string ?? ""): \(changed)"
        } ?? []
    }

    @Test func everyWriteLeavesOneLine() async throws {
        try await bench.makeTenant()
        try await bench.makeChannel(secrets: ["appSecret": "s3cret-value", "accessToken": "t0ken-value"])
        try await bench.call("channel.update", ["id": "wa", "config": ["graphVersion": "v25.0"], "name": "Support"])
        try await bench.call("channel.update", ["id": "wa", "secrets": ["appSecret": "an0ther-value"]])
        try await bench.call("channel.update", ["id": "wa"])
        try await bench.call("tenant.update", ["id": "acme", "settings": ["ragConfig": ["topK": 3]]])
        try await bench.call(
            "secret.set", ["tenantId": "acme", "channelId": "wa", "name": "appSecret", "value": "th1rd-value"])
        try await bench.call("secret.delete", ["tenantId": "acme", "channelId": "wa", "name": "accessToken"])
        try await bench.call(
            "document.put",
            ["tenantId": "acme", "id": "doc", "title": "T", "mimeType": "text/plain", "content": "Words."])
        try await bench.call("document.delete", ["id": "doc"])
        let token = try await bench.call("token.create", ["name": "x", "role": "viewer"])
        try await bench.call("token.revoke", ["id": token["id"] ?? .null])
        try await bench.call("tenant.delete", ["id": "acme"])
        let id = token["id"]?.string ?? ""
        #expect(
            try await lines().reversed() == [
                "tenant.create tenant acme: enabled id name settings",
                "channel.create channel wa: config.businessAccountId config.phoneNumberId enabled id tenantId type "
                    + "secrets.appSecret secrets.accessToken",
                "channel.update channel wa: config.graphVersion name", "channel.update channel wa: secrets.appSecret",
                "channel.update channel wa: ", "tenant.update tenant acme: settings.ragConfig.topK",
                "secret.set secret wa/appSecret: value", "secret.delete secret wa/accessToken: ",
                "document.put document doc: content title", "document.delete document doc: ",
                "token.create token \(id): id name role", "token.revoke token \(id): ", "tenant.delete tenant acme: ",
            ])
        let all = try await bench.call("audit.list").text
        for value in ["s3cret-value", "t0ken-value", "an0ther-value", "th1rd-value", token["token"]?.string ?? "-"] {
            #expect(!all.contains(value))
        }
        let entry = try await bench.call("audit.list")["items"]?.array?.first
        #expect(entry?["actor"] == ["id": "test:admin", "name": "a test", "role": "admin"])
        #expect(entry?["remoteAddress"] == "127.0.0.1" && entry?["tenantId"] == "acme")
    }

    @Test func whatFailsOrIsRepeatedLeavesNone() async throws {
        try await bench.makeTenant()
        _ = try await bench.failure("tenant.create", ["id": "acme", "name": "again"])
        _ = try await bench.failure("tenant.update", ["id": "acme", "name": "x", "ifRevision": 77])
        for _ in 0..<3 { try await bench.call("tenant.update", ["id": "acme", "name": "B", "idempotencyKey": "k"]) }
        #expect(
            try await lines() == [
                "tenant.update tenant acme: name", "tenant.create tenant acme: enabled id name settings",
            ])
    }

    @Test func aTenantSeesItsOwnLinesAlone() async throws {
        try await bench.makeTenant("acme")
        try await bench.makeTenant("other")
        try await bench.call("token.create", ["name": "x", "role": "viewer"])
        #expect(try await lines(as: .tenant, tenant: "acme") == ["tenant.create tenant acme: enabled id name settings"])
        #expect(try await lines(["tenantId": "other"]) == ["tenant.create tenant other: enabled id name settings"])
        #expect(
            try await bench.failure("audit.list", ["tenantId": "other"], as: .tenant, tenant: "acme").code == -32004)
    }

    @Test func membersAreNamedAndNothingElse() {
        let old: JSONValue = ["a": 1, "b": ["c": 1, "d": ["e": 1]], "revision": 1]
        #expect(ChangedMembers.between(old, old) == [])
        #expect(
            ChangedMembers.between(old, ["a": 2, "b": ["c": 1, "d": ["e": 2], "f": [1]], "revision": 2]) == [
                "a", "b.d.e", "b.f",
            ])
        #expect(ChangedMembers.between(old, ["b": 3]) == ["a", "b"])
        #expect(ChangedMembers.between(nil, ["x": [:], "y": ["z": nil, "w": 1]]) == ["x", "y.w"])
    }
}
