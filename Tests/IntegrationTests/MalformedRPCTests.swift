import JSONCoding
import Testing

extension IntegrationTests {
    @Suite struct MalformedRPCTests {
        @Test("Malformed and odd requests are answered as JSON-RPC 2.0 and the contract say")
        func malformed() async throws {
            try await Site.run(nodes: 0) { site in
                try await Self.protocolErrors(site.rpc)
                try await Self.invalidParams(site.rpc)
                try await Self.batches(site.rpc)
                try await Self.transport(site.rpc)
            }
        }

        private static func error(_ rpc: RPCClient, _ body: String) async throws -> (Int64?, JSONValue?) {
            let reply = try await rpc.post(raw: Array(body.utf8))
            #expect(reply.status == 200, "\(body)")
            let answer = try reply.json()
            #expect(answer["jsonrpc"]?.string == "2.0")
            #expect(answer["result"] == nil)
            return (answer["error"]?["code"]?.integer, answer["id"])
        }

        private static func protocolErrors(_ rpc: RPCClient) async throws {
            for body in ["", "{", "no json", #"{"jsonrpc":"2.0","id":1,"id":2,"method":"tenant.list"}"#, "\u{0}"] {
                #expect(try await error(rpc, body) == (-32700, .null), "\(body)")
            }
            for body in ["[]", "1", "null", "\"x\"", "{}", #"{"jsonrpc":"1.0","id":null,"method":"tenant.list"}"#] {
                #expect(try await error(rpc, body) == (-32600, .null), "\(body)")
            }
            #expect(try await error(rpc, #"{"jsonrpc":"2.0","id":7,"method":1}"#).0 == -32600)
            #expect(
                try await error(rpc, #"{"jsonrpc":"2.0","id":"7","method":"no.such"}"#) == (-32601, .string("7")))
            #expect(
                try await error(rpc, #"{"jsonrpc":"2.0","id":7,"method":"rpc.internal"}"#) == (-32601, .integer(7)))
            #expect(
                try await error(rpc, #"{"jsonrpc":"2.0","id":7,"method":"tenant.get","params":["x"]}"#)
                    == (-32602, .integer(7)))
            #expect(
                try await error(rpc, #"{"jsonrpc":"2.0","id":7,"method":"tenant.get","params":{"id":"nobody"}}"#)
                    == (-32004, .integer(7)))
        }

        private static func invalidParams(_ rpc: RPCClient) async throws {
            do {
                try await rpc.call(
                    "channel.create",
                    [
                        "id": "not an id!", "type": "whatsapp", "surprise": 1, "enabled": "yes",
                        "config": ["phoneNumberId": 5, "extra": true],
                    ])
                Issue.record("channel.create took nonsense")
            } catch let failure as RPCFailure {
                #expect(failure.code == -32602)
                let paths = Set((failure.data?["errors"]?.array ?? []).compactMap { $0["path"]?.string })
                let expected: Set = [
                    "/id", "/tenantId", "/surprise", "/enabled", "/config/phoneNumberId", "/config/extra",
                    "/config/businessAccountId",
                ]
                #expect(paths == expected)
            }
            do {
                try await rpc.call("tenant.list", ["limit": 201])
                Issue.record("tenant.list took a limit of 201")
            } catch let failure as RPCFailure {
                #expect(failure.code == -32602)
                #expect(failure.data?["errors"]?.array?.first?["path"]?.string == "/limit")
            }
            let tenant = try await rpc.call("tenant.create", ["id": "once", "name": "Once"])
            do {
                try await rpc.call("tenant.create", ["id": "once", "name": "Twice"])
                Issue.record("a tenant was made twice")
            } catch let failure as RPCFailure { #expect(failure.code == -32009) }
            do {
                try await rpc.call("tenant.update", ["id": "once", "name": "New", "ifRevision": 0])
                Issue.record("a stale write went through")
            } catch let failure as RPCFailure {
                #expect(failure.code == -32009)
                #expect(failure.data?["currentRevision"]?.integer == tenant["revision"]?.integer)
            }
        }

        private static func batches(_ rpc: RPCClient) async throws {
            let call = #"{"jsonrpc":"2.0","id":1,"method":"tenant.list"}"#
            let notification = #"{"jsonrpc":"2.0","method":"tenant.list"}"#
            func batch(_ calls: [String]) async throws -> HTTPReply {
                try await rpc.post(raw: Array("[\(calls.joined(separator: ","))]".utf8))
            }
            let mixed = try await batch([call, "1", notification, #"{"jsonrpc":"2.0","id":"b","method":"x"}"#]).json()
            #expect(mixed.array?.count == 3)
            #expect(mixed.array?.count { $0["error"]?["code"]?.integer == -32600 && $0["id"] == .null } == 1)
            #expect(mixed.array?.count { $0["error"]?["code"]?.integer == -32601 && $0["id"] == "b" } == 1)
            #expect(mixed.array?.count { $0["result"] != nil && $0["id"] == 1 } == 1)
            #expect(try await batch(Array(repeating: call, count: 100)).json().array?.count == 100)
            let tooMany = try await batch(Array(repeating: call, count: 101))
            #expect(tooMany.status == 200)
            #expect(try tooMany.json()["error"]?["code"]?.integer == -32600)
            let silent = try await batch([notification, notification])
            #expect(silent.status == 204 && silent.body.isEmpty)
            #expect(try await rpc.post(raw: Array(notification.utf8)).status == 204)
        }

        private static func transport(_ rpc: RPCClient) async throws {
            let body = Array(#"{"jsonrpc":"2.0","id":1,"method":"tenant.list"}"#.utf8)
            let json = ("content-type", "application/json")
            #expect(try await rpc.post(raw: body, headers: [json]).status == 401)
            #expect(try await rpc.post(raw: body, headers: [json, ("authorization", "Bearer wrong")]).status == 401)
            #expect(try await rpc.post(raw: body, headers: [json, ("authorization", "Basic eDp5")]).status == 401)
            let bearer = ("authorization", "Bearer \(rpc.token)")
            #expect(try await rpc.post(raw: body, headers: [("content-type", "text/plain"), bearer]).status == 415)
            #expect(try await HTTP.get(rpc.url + "/rpc", headers: [bearer]).status == 405)
            let large = [UInt8](repeating: UInt8(ascii: " "), count: (1 << 20) + 1)
            #expect(try await rpc.post(raw: large).status == 413)
            let longest = body + [UInt8](repeating: UInt8(ascii: " "), count: (1 << 20) - body.count)
            #expect(try await rpc.post(raw: longest).json()["result"] != nil)
        }
    }
}
