import AsyncHTTPClient
import Domain
import JSONCoding
import NIOCore
import Support
import Testing

extension ControlPlaneServerTests {
    @Test func theFacadeServesTheSameMethods() async throws {
        try await withServer { url async throws in
            func call(_ method: String, _ path: String, _ body: String? = nil) async throws -> Reply {
                try await send(
                    method, url + "/api/admin/" + path, body: body.map { .bytes(.init(string: $0)) })
            }
            let created = try await call("POST", "tenants", #"{"id":"acme","name":"Acme"}"#)
            #expect(created.status == 201 && created.json["success"] == true)
            #expect(created.json["data"]?["revision"] == 1)
            let channel =
                #"{"id":"wa","tenantId":"acme","type":"whatsapp","#
                + #""config":{"phoneNumberId":"1","businessAccountId":"2"}}"#
            #expect(try await call("POST", "channels", channel).status == 201)
            let list = try await call("GET", "channels?tenantId=acme&enabled=true&limit=1")
            #expect(list.status == 200 && list.json["nextCursor"] == .null)
            #expect(list.json["data"]?.array?.map { $0["id"] } == ["wa"])
            #expect(try await call("GET", "channels?tenantId=other").json["data"] == [])
            let patched = try await call("PATCH", "channels/wa", #"{"config":{"graphVersion":"v25.0"}}"#)
            #expect(patched.status == 200 && patched.json["data"]?["config"]?["graphVersion"] == "v25.0")
            #expect(try await call("GET", "channels/wa").json["data"] == patched.json["data"])
            #expect(try await call("DELETE", "channels/wa").json["data"]?["id"] == "wa")
            #expect(try await call("DELETE", "tenants/acme").status == 200)
            #expect(store.committedState.tenants.isEmpty)
            #expect(store.committedState.audit.map(\.method).contains("channel.update"))
        }
    }

    @Test func theFacadesErrorsHaveTheFittingStatus() async throws {
        try await withServer { url async throws in
            func call(
                _ method: String, _ path: String, _ body: String? = nil, token: String? = "admin-token",
                type: String = "application/json"
            ) async throws -> Reply {
                let reply = try await send(
                    method, url + "/api/admin/" + path, token: token, type: type,
                    body: body.map { .bytes(.init(string: $0)) })
                #expect(reply.json["success"] == false && reply.json["error"]?["message"]?.string != nil, "\(reply)")
                return reply
            }
            let invalid = try await call("POST", "tenants", #"{"nam":"x"}"#)
            #expect(invalid.status == 400 && invalid.json["error"]?["code"] == -32602)
            #expect(invalid.json["error"]?["details"]?.array?.count == 2)
            #expect(try await call("POST", "tenants", "{").status == 400)
            #expect(try await call("POST", "tenants", "[]").status == 400)
            #expect(try await call("POST", "tenants", "{}", type: "text/plain").status == 415)
            #expect(try await call("POST", "tenants", String(repeating: " ", count: 1 << 20) + "{}").status == 413)
            #expect(try await call("GET", "tenants/none").status == 404)
            #expect(try await call("PATCH", "tenants/none", #"{"id":"other"}"#).status == 400)
            #expect(try await call("PUT", "tenants/none", "{}").status == 405)
            #expect(try await call("GET", "tenants?limit=x").status == 400)
            #expect(try await call("GET", "tenants?limit=201").status == 400)
            #expect(try await call("GET", "tenants", token: nil).status == 401)
            #expect(try await call("GET", "tenants", token: "node-token").status == 403)
            _ = try await send(
                "POST", url + "/api/admin/tenants", body: .bytes(.init(string: #"{"id":"acme","name":"A"}"#)))
            #expect(try await call("POST", "tenants", #"{"id":"acme","name":"A"}"#).status == 409)
        }
    }
}
