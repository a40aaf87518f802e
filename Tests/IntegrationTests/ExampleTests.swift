import JSONCoding
import Support
import Testing

extension IntegrationTests {
    @Suite struct ExampleTests {
        /// What makes something comes first, what takes it away last.
        private static let order = ["create", "put", "set", "get", "list", "search", "messages", "test", "update"]

        @Test("Every method of the served OpenRPC document answers its own example as the document says")
        func walk() async throws {
            try await Site.run(nodes: 1) { site in
                let token = [("authorization", "Bearer \(site.adminToken)")]
                let document = try await HTTP.get(site.controlURL + "/openrpc.json", headers: token).json()
                #expect(try await site.rpc.call("rpc.discover") == document)
                let checker = SchemaChecker(document: document)
                let methods = try document.member("methods").array ?? []
                #expect(methods.count >= 40)
                func rank(_ name: String) -> Int {
                    let verb = String(name.split(separator: ".").last ?? "")
                    if verb == "revoke" || verb == "delete" { return name.hasPrefix("tenant.") ? 100 : 99 }
                    // A channel before its secrets, a tenant before all.
                    let first = ["tenant.create", "channel.create"].firstIndex(of: name)
                    return first ?? Self.order.firstIndex(of: verb).map { $0 + 2 } ?? 50
                }
                let sorted = methods.map { (name: $0["name"]?.string ?? "", method: $0) }
                    .sorted { (rank($0.name), $0.name) < (rank($1.name), $1.name) }
                var succeeded = 0
                for (name, method) in sorted {
                    let example = try #require(method["examples"]?.array?.first, "\(name)")
                    var params: JSONObject = [:]
                    for param in example["params"]?.array ?? [] {
                        params[try param.member("name").string ?? ""] = try param.member("value")
                    }
                    let answer = try await site.rpc.post(
                        ["jsonrpc": "2.0", "id": .string(name), "method": .string(name), "params": .object(params)])
                    let reply = try answer.json()
                    #expect(answer.status == 200 && reply["id"] == .string(name))
                    if let result = reply["result"] {
                        succeeded += 1
                        let schema = try method.member("result", "schema")
                        #expect(checker.complaints(result, schema) == [], "\(name)")
                    } else {
                        let code = reply["error"]?["code"]
                        let declared = (method["errors"]?.array ?? []).compactMap { reference -> JSONValue? in
                            let kind = reference["$ref"]?.string?.split(separator: "/").last.map(String.init) ?? ""
                            return document["components"]?["errors"]?[kind]?["code"]
                        }
                        #expect(declared.contains { $0 == code }, "\(name): \(reply.text)")
                        // An example may speak of what is not there, but not be wrong in itself.
                        #expect(code == -32004, "\(name): \(reply.text)")
                    }
                }
                // Of conversations and messages there are none here.
                #expect(succeeded >= methods.count - 8, "\(succeeded) of \(methods.count)")
                Figures.note("examples of the OpenRPC document: \(succeeded) of \(methods.count) succeeded")
            }
        }
    }
}
