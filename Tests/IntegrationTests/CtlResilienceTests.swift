import JSONCoding
import Support
import Testing

extension IntegrationTests {
    @Suite struct CtlResilienceTests {
        // MARK: Restarts

        private static let documents = 150
        private static let functions = 12

        private static func yaml(documents: Range<Int>) -> String {
            var lines = ["tenant: patient", "name: Patient", "functions:"]
            for number in 0..<functions {
                lines.append("  patient-fn-\(number):")
                lines.append("    {name: fn_\(number), description: Does it., parameters: {type: object},")
                lines.append("      url: 'https://shop.example.com/\(number)'}")
            }
            lines.append("documents:")
            for number in documents {
                lines.append("  patient-\(number): {title: Page \(number), content: This is page number \(number).}")
            }
            return lines.joined(separator: "\n")
        }

        @Test("apply waits for a control plane that starts again in its middle; nothing is lost, deletes come last")
        func restarts() async throws {
            try await Site.run(nodes: 1) { site in
                let ctl = try Ctl(site)
                let file = ctl.folder + "/patient.yaml"
                try ctl.write(Self.yaml(documents: 0..<Self.documents), to: file)
                let apply = try ctl.start(["apply", "-f", file, "--wait"])
                for (share, signal) in [(5, Int32(15)), (2, Int32(9))] {
                    try await eventually("a part of the documents", within: .seconds(120)) {
                        try await Self.count(site) >= Self.documents / share
                    }
                    site.control.signal(signal)
                    _ = try await site.control.ended(within: .seconds(40))
                    #expect(apply.isRunning, "it did not wait")
                    try await site.restartControl()
                }
                #expect(try await Self.count(site) < Self.documents, "it was over before the second restart")
                var run = try await ctl.finish(apply, within: .seconds(180))
                #expect(run.code == 0 && run.errors.contains("runs on"), "\(run)")
                #expect(run.output.contains("\(Self.documents + Self.functions + 1) created"), "\(run)")
                run = try await ctl.run(["apply", "-f", file])
                #expect(run.code == 0 && run.output.hasPrefix("nothing to do"), "\(run)")
                try await Self.onceEach(site)

                // What goes, goes when everything else is there.
                let kept = 3..<(Self.documents + 3)
                try ctl.write(Self.yaml(documents: kept), to: file)
                run = try await ctl.run(["apply", "-f", file, "--prune"])
                #expect(run.code == 0 && run.output.contains("3 deleted"), "\(run)")
                let written = try await Self.audit(site).suffix(6).map { $0["method"]?.string ?? "" }
                #expect(
                    written == Array(repeating: "document.put", count: 3)
                        + Array(repeating: "document.delete", count: 3))
                #expect(!ctl.everything.contains(site.adminToken))
            }
        }

        private static func count(_ site: Site) async throws -> Int { try await items("document.list", site).count }

        private static func items(_ method: String, _ site: Site) async throws -> [JSONValue] {
            var items: [JSONValue] = []
            var params: JSONObject = ["tenantId": "patient", "limit": 200]
            while true {
                do {
                    let page = try await site.rpc.call(method, params)
                    items += page["items"]?.array ?? []
                    guard let cursor = page["nextCursor"]?.string else { return items }
                    params["cursor"] = .string(cursor)
                } catch let failure as RPCFailure where failure.code == -32004 {
                    return []
                }
            }
        }

        /// Oldest first.
        private static func audit(_ site: Site) async throws -> [JSONValue] {
            try await items("audit.list", site).reversed()
        }

        /// A write that is a transaction happened once. A document put in the moment of a kill may have been put twice,
        /// with the same text.
        private static func onceEach(_ site: Site) async throws {
            var made: [String: Int] = [:]
            for entry in try await audit(site) where entry["method"] == "function.create" {
                made[entry["entityId"]?.string ?? "", default: 0] += 1
            }
            #expect(made.count == functions && made.values.allSatisfy { $0 == 1 }, "\(made)")
            #expect(try await items("function.list", site).count == functions)
            let versions = try await items("document.list", site).compactMap { $0["version"]?.integer }
            #expect(versions.count == documents)
            #expect(versions.reduce(0, +) <= Int64(documents + 2), "put again and again")
        }

        // MARK: HTTPS

        @Test("metachatctl over HTTPS: trusts an authority of one's own by flag, environment and profile, and no other")
        func authorities() async throws {
            try await Site.run(nodes: 0) { site in
                let ctl = try Ctl(site)
                let (certificate, key) = (ctl.folder + "/cert.pem", ctl.folder + "/key.pem")
                let openssl = try ChildProcess(
                    name: "openssl", executable: "/usr/bin/env",
                    arguments: [
                        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                        "/CN=metachat",
                        "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
                    ], log: ctl.folder + "/openssl.log")
                #expect(try await openssl.ended(within: .seconds(60)) == .code(0), "\(openssl.output)")
                let port = try ProcessFixture.freePorts(1)[0]
                let url = "https://localhost:\(port)"
                try site.launch(
                    "control-tls", ["control", "--control-bind", "127.0.0.1:\(port)"],
                    settings: ["METACHAT_TLS_CERT": certificate, "METACHAT_TLS_KEY": key])
                let list = ["tenant", "list"]
                let here = ["METACHAT_CONTROL_URL": url]
                try await eventually("the control plane over HTTPS", within: .seconds(60), every: .milliseconds(200)) {
                    try await ctl.run(list + ["--ca-file", certificate], environment: here).code == 0
                }
                var run = try await ctl.run(list, environment: here.merging(["METACHAT_CA_FILE": certificate]) { $1 })
                #expect(run.code == 0, "\(run)")
                run = try await ctl.run([
                    "profile", "set", "tls", "--url", url, "--token-env", "MINE", "--ca-file", certificate,
                ])
                #expect(run.code == 0, "\(run)")
                let mine = ["METACHAT_CONTROL_URL": "", "METACHAT_ADMIN_TOKEN": "", "MINE": site.adminToken]
                run = try await ctl.run(list, environment: mine)
                #expect(run.code == 0, "\(run)")
                run = try await ctl.run(["profile", "list", "--json"])
                #expect(try JSONValue.parse(run.output)["items"]?.array?.first?["caFile"] == .string(certificate))

                // Who does not know the authority does not call.
                run = try await ctl.run(["profile", "set", "tls", "--ca-file", ""])
                #expect(run.code == 0)
                run = try await ctl.run(list, environment: mine)
                #expect(run.code == 69 && run.errors.contains("no authority that is trusted"), "\(run)")
                #expect(run.errors.contains("--ca-file"), "\(run)")
                run = try await ctl.run(
                    list + ["--ca-file", certificate],
                    environment: ["METACHAT_CONTROL_URL": "https://127.0.0.1:\(port)"])
                #expect(run.code == 69 && run.errors.contains("not for this host"), "\(run)")
                for path in [key, ctl.folder + "/none.pem", ctl.folder] {
                    run = try await ctl.run(list + ["--ca-file", path], environment: here)
                    #expect(run.code == 78 && run.errors.contains(path), "\(run)")
                }
                // Another's authority.
                let other = try ChildProcess(
                    name: "openssl", executable: "/usr/bin/env",
                    arguments: [
                        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=other", "-keyout",
                        ctl.folder + "/other.key", "-out", ctl.folder + "/other.pem",
                    ], log: ctl.folder + "/openssl.log")
                #expect(try await other.ended(within: .seconds(60)) == .code(0))
                run = try await ctl.run(list + ["--ca-file", ctl.folder + "/other.pem"], environment: here)
                #expect(run.code == 69 && run.errors.contains("no authority"), "\(run)")
                // HTTPS where there is none.
                run = try await ctl.run(
                    list, environment: ["METACHAT_CONTROL_URL": "https://127.0.0.1:\(Site.port(site.controlURL))"])
                #expect(run.code == 69 && run.errors.contains("does not speak HTTPS"), "\(run)")
            }
        }

        // MARK: Screens

        @Test("Every screen of metachatctl fits 80 columns, whatever the data")
        func columns() async throws {
            try await Site.run(nodes: 2) { site in
                let ctl = try Ctl(site)
                let long = String(repeating: "Very long name ", count: 12)
                let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
                let secrets = ["LANTERN_WA_TOKEN": "a", "LANTERN_WA_SECRET": "b", "LANTERN_IDENTITY": "c"]
                let apply = ["apply", "-f", root + "/Clients/examples/tenant.yaml"]
                var screens: [[String]] = [apply + ["--dry-run"], apply]
                screens += [
                    ["tenant", "create", long, "--id", "long-names"],
                    [
                        "function", "create", "long-names", "f", String(repeating: "It does. ", count: 50),
                        "--parameters",
                        "{\"type\":\"object\"}", "--url", "https://example.com/" + String(repeating: "a", count: 200),
                    ],
                    ["token", "create", long, "viewer"],
                ]
                let nouns = ["tenant", "channel", "secret", "token", "function", "webhook", "document", "conversation"]
                for noun in nouns {
                    screens.append([noun, "list"] + (noun == "tenant" || noun == "token" ? [] : ["lantern"]))
                }
                screens += [
                    ["channel", "list"], ["function", "list", "long-names"], ["fleet", "list"], ["audit", "list"],
                    ["tenant", "get", "lantern"], ["document", "search", "lantern", "shipping"],
                    ["config", "snapshot"],
                    ["--help"], ["apply", "--help"], ["profile", "--help"], ["channel", "create", "--help"],
                    ["tenant", "get", "nobody"], ["tenant", "gett"],
                ]
                for words in screens {
                    let run = try await ctl.run(words, environment: secrets)
                    // What has no table is data, for programs.
                    if words.first == "config" { continue }
                    for line in (run.output + run.errors).split(separator: "\n") where line.count > 80 {
                        // A word that is to be copied stays whole.
                        let isOneWord = line.split(separator: " ").contains { $0.count > 50 }
                        #expect(isOneWord, "\(words.prefix(3)): \(line.count) columns: \(line)")
                    }
                }
            }
        }
    }
}
