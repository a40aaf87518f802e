import JSONCoding
import Support
import Testing

extension IntegrationTests {
    @Suite struct CtlTests {
        @Test("metachatctl: lists, changes, waits, applies a file and then has nothing to do")
        func commandLine() async throws {
            try await Site.run { site in
                let ctl = try Ctl(site)
                try await Self.everyday(ctl, site)
                try await Self.apply(ctl, site)
                try await Self.mistakes(ctl, site)
                #expect(!ctl.everything.contains(site.adminToken))
                #expect(!ctl.everything.contains("planted-secret"))
            }
        }

        private static func everyday(_ ctl: Ctl, _ site: Site) async throws {
            var run = try await ctl.run(["tenant", "create", "Acme Ltd.", "--id", "acme", "--wait"])
            #expect(run.code == 0 && run.errors.contains("runs on all 2 nodes"), "\(run)")
            run = try await ctl.run(["tenant", "list"])
            #expect(run.output.hasPrefix("ID") && run.output.contains("\nacme  Acme Ltd.  yes"), "\(run)")
            run = try await ctl.run([
                "channel", "create", "acme", "whatsapp", "--id", "acme-wa", "--set",
                "config.phoneNumberId=106540352242922",
                "--set", "config.businessAccountId=2", "--secret", "appSecret=env:PLANTED",
            ])
            #expect(run.code == 0, "\(run)")
            run = try await ctl.run([
                "channel", "update", "acme-wa", "--set", "config.graphVersion=v26.0", "--json", "--wait",
            ])
            let channel = try JSONValue.parse(run.output)
            #expect(
                channel["config"]?["graphVersion"] == "v26.0"
                    && channel["config"]?["phoneNumberId"] == "106540352242922")
            let revision = try channel.member("revision").integer ?? 0
            run = try await ctl.run(["fleet", "wait", "\(revision)"])
            #expect(run.code == 0 && run.output.contains("converged"), "\(run)")
            run = try await ctl.run(
                ["secret", "set", "acme", "appSecret", "--channel", "acme-wa", "--stdin"], input: "planted-secret-2\n")
            #expect(run.code == 0 && run.output.contains("fingerprint"), "\(run)")
            run = try await ctl.run(["call", "tenant.get", "id=acme", "--json"])
            #expect(try JSONValue.parse(run.output)["name"] == "Acme Ltd.", "\(run)")
            for name in ["a", "b", "c"] {
                run = try await ctl.run(["tenant", "create", name, "--id", name])
                #expect(run.code == 0)
            }
            run = try await ctl.run(["tenant", "list", "--all", "--limit", "2", "--json"])
            #expect(try JSONValue.parse(run.output)["items"]?.array?.count == 4, "\(run)")
            run = try await ctl.run(["tenant", "list", "--limit", "2"])
            #expect(run.errors.contains("--all"), "\(run)")
        }

        private static func apply(_ ctl: Ctl, _ site: Site) async throws {
            let file = ctl.folder + "/tenant.yaml"
            let yaml = """
                tenant: shop
                name: Shop
                settings: {tone: friendly}
                channels:
                  shop-wa:
                    type: whatsapp
                    config: {phoneNumberId: 15, businessAccountId: 2, graphVersion: v25.0}
                    secrets: {appSecret: {fromEnv: PLANTED}}
                functions:
                  shop-order:
                    name: order_status
                    description: Tells where an order is.
                    parameters: {type: object, properties: {number: {type: string}}}
                    url: https://shop.example.com/order
                webhooks:
                  shop-events:
                    url: https://shop.example.com/events
                    events: [message.sent]
                    headers: {Authorization: {fromEnv: PLANTED}}
                documents:
                  shop-hours: {title: Opening hours, content: We are open from 9 to 18.}
                """
            try ctl.write(yaml, to: file)
            var run = try await ctl.run(["apply", "-f", file, "--dry-run"])
            #expect(
                run.code == 0 && run.output.contains("+ channel shop-wa") && run.output.contains("--dry-run"), "\(run)")
            #expect(try await ctl.run(["tenant", "get", "shop"]).code == 1)
            run = try await ctl.run(["apply", "-f", file, "--wait"])
            #expect(
                run.code == 0 && run.output.contains("5 created") && run.output.contains("whsec_")
                    && run.errors.contains("all 2 nodes"), "\(run)")
            run = try await ctl.run(["apply", "-f", file])
            #expect(run.code == 0 && run.output.hasPrefix("nothing to do"), "\(run)")
            try ctl.write(yaml.replacing("v25.0", with: "v26.0"), to: file)
            run = try await ctl.run(["apply", "-f", file])
            #expect(
                run.output.split(separator: "\n").filter { $0.hasPrefix("~") } == [
                    #"~ channel shop-wa config.graphVersion: "v25.0" → "v26.0""#
                ], "\(run)")
            run = try await ctl.run(["apply", "-f", file])
            #expect(run.output.hasPrefix("nothing to do"), "\(run)")
            // The repository's sample.
            let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
            let sample = ["apply", "-f", root + "/Clients/examples/tenant.yaml"]
            let secrets = ["LANTERN_WA_TOKEN": "a", "LANTERN_WA_SECRET": "b", "LANTERN_IDENTITY": "c"]
            run = try await ctl.run(sample, environment: secrets)
            #expect(run.code == 0 && run.output.contains("7 created"), "\(run)")
            run = try await ctl.run(sample)
            #expect(run.code == 0 && run.output.hasPrefix("nothing to do"), "\(run)")
            // What is refused later says the line.
            try ctl.write(yaml.replacing("v25.0", with: "twenty"), to: file)
            run = try await ctl.run(["apply", "-f", file])
            #expect(run.code == 1 && run.errors.contains("tenant.yaml:7: config.graphVersion"), "\(run)")
            try ctl.write(yaml.replacing("tone", with: "tune"), to: file)
            run = try await ctl.run(["apply", "-f", file])
            #expect(run.code == 78 && run.errors.contains("tenant.yaml:3: settings.tune"), "\(run)")
        }

        private static func mistakes(_ ctl: Ctl, _ site: Site) async throws {
            func code(_ words: [String], _ environment: [String: String] = [:]) async throws -> Int32 {
                try await ctl.run(words, environment: environment).code
            }
            #expect(try await code(["tenant", "get", "nobody"]) == 1)
            #expect(try await code(["tenant", "gett", "x"]) == 64)
            #expect(try await code(["tenant", "get"]) == 64)
            #expect(try await code(["apply"]) == 64)
            #expect(try await code(["secret", "set", "acme", "appSecret", "--value", "x"]) == 64)
            #expect(try await code(["tenant", "list"], ["METACHAT_ADMIN_TOKEN": "wrong-token"]) == 77)
            #expect(try await code(["tenant", "list"], ["METACHAT_ADMIN_TOKEN": ""]) == 77)
            #expect(try await code(["tenant", "list"], ["METACHAT_CONTROL_URL": "http://127.0.0.1:1"]) == 69)
            #expect(try await code(["tenant", "list", "--profile", "none"]) == 78)
            #expect(try await code(["--help"]) == 0)
            var run = try await ctl.run(["channel", "update", "acme-wa", "--no-enabled", "--if-revision", "1"])
            #expect(run.code == 1 && run.errors.contains("it is at revision"), "\(run)")
            run = try await ctl.run(["channel", "update", "acme-wa", "--set", "config.graphVersion=x", "--json"])
            #expect(try JSONValue.parse(run.errors)["error"]?["code"] == -32602, "\(run)")
            run = try await ctl.run(["fleet", "wait", "100000", "--timeout", "0.1"])
            #expect(run.code == 2 && run.errors.contains("node-0"), "\(run)")

            run = try await ctl.run([
                "profile", "set", "here", "--url", site.controlURL, "--token-env", "MINE", "--tenant", "shop",
            ])
            #expect(run.code == 0)
            let plain = ["METACHAT_CONTROL_URL": "", "METACHAT_ADMIN_TOKEN": "", "MINE": site.adminToken]
            run = try await ctl.run(["document", "list"], environment: plain)
            #expect(run.code == 0 && run.output.contains("shop-hours"), "\(run)")
            run = try await ctl.run(["profile", "list"])
            #expect(run.output.contains("here") && run.output.contains("$MINE"), "\(run)")
        }

        @Test("Bash completes nouns, verbs and flags of metachatctl")
        func completion() async throws {
            let folder = try ProcessFixture.folder("completion")
            let script = """
                PATH=\(ProcessFixture.products):$PATH
                source <(metachatctl completions bash)
                compopt() { :; }
                try() { COMP_LINE=$1 COMP_POINT=${#1}; COMPREPLY=(); _metachatctl; echo "$1> ${COMPREPLY[*]}"; }
                try 'metachatctl ten'
                try 'metachatctl channel up'
                try 'metachatctl channel update x --if'
                try 'metachatctl channel list --type=we'
                try 'metachatctl fleet '
                try 'metachatctl channel update x --set config.gra'
                """
            let bash = try ChildProcess(
                name: "bash", executable: "/bin/bash", arguments: ["-c", script], log: folder + "/bash.log")
            #expect(try await bash.ended(within: .seconds(120)) == .code(0))
            let lines = bash.output.split(separator: "\n")
            #expect(lines.contains("metachatctl ten> tenant"), "\(bash.output)")
            #expect(lines.contains("metachatctl channel up> update"))
            #expect(lines.contains("metachatctl channel update x --if> --if-revision"))
            #expect(lines.contains("metachatctl fleet > list wait"))
            #expect(lines.contains("metachatctl channel list --type=we> webchat"))
            #expect(lines.contains("metachatctl channel update x --set config.gra> config.graphVersion="))
        }
    }
}
