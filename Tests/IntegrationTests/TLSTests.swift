import JSONCoding
import Support
import Testing

extension IntegrationTests {
    @Suite struct TLSTests {
        @Test("HTTPS on both listeners; a node reads its config over it; wrong files stop the program with one line")
        func https() async throws {
            try await Site.run(nodes: 1) { site in
                let shop = try await site.addShop("secure")
                let folder = site.folder
                try await run(
                    [
                        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                        "/CN=metachat",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "\(folder)/key.pem", "-out",
                        "\(folder)/cert.pem",
                    ], in: folder)
                try await run(
                    [
                        "openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
                        "\(folder)/other.pem",
                    ], in: folder)
                let files = [
                    "METACHAT_TLS_CERT": "\(folder)/cert.pem", "METACHAT_TLS_KEY": "\(folder)/key.pem",
                ]
                let ports = try ProcessFixture.freePorts(2)
                let control = "https://127.0.0.1:\(ports[0])"
                let node = "https://127.0.0.1:\(ports[1])"
                try site.launch(
                    "control-tls", ["control", "--control-bind", "127.0.0.1:\(ports[0])"], settings: files)
                try site.launch(
                    "node-tls", ["node", "--roles", "edge"],
                    settings: files.merging([
                        "METACHAT_CONTROL_URL": control, "METACHAT_CONTROL_CA": "\(folder)/cert.pem",
                        "METACHAT_NODE_BIND": "127.0.0.1:\(ports[1])", "METACHAT_NODE_ID": "tls",
                    ]) { $1 })
                let trusting = ["curl", "--silent", "--show-error", "--cacert", "\(folder)/cert.pem"]
                for url in [control, node] {
                    try await eventually("\(url)/ready") {
                        try await ask(trusting + ["--fail", "\(url)/ready"], in: folder).exit == .code(0)
                    }
                    // Who does not know the authority does not get in, and nobody gets in without TLS.
                    #expect(try await ask(["curl", "--silent", "\(url)/ready"], in: folder).exit == .code(60))
                    let plain = "http" + url.dropFirst(5)
                    #expect(
                        try await ask(["curl", "--silent", "--fail", "\(plain)/ready"], in: folder).exit != .code(0))
                    let old = try await ask(trusting + ["--tls-max", "1.1", "\(url)/ready"], in: folder)
                    #expect(old.exit == .code(35), "\(old)")
                }
                let headers = try await ask(trusting + ["--head", "\(control)/health"], in: folder).output.lowercased()
                #expect(headers.contains("strict-transport-security: max-age="), "\(headers)")
                let webhook = "\(node)/api/integrations/whatsapp/\(shop.id)?hub.mode=subscribe&hub.challenge=77"
                let answer = try await ask(trusting + [webhook + "&hub.verify_token=\(shop.verifyToken)"], in: folder)
                #expect(answer.output == "77")
                #expect(try await site.nodeReport("tls") { _ in true }["advertiseUrl"] == .string(node))

                for (settings, variable) in [
                    (["METACHAT_TLS_CERT": "\(folder)/cert.pem"], "METACHAT_TLS_KEY"),
                    (
                        ["METACHAT_TLS_CERT": "\(folder)/none", "METACHAT_TLS_KEY": "\(folder)/key.pem"],
                        "METACHAT_TLS_CERT"
                    ),
                    (
                        ["METACHAT_TLS_CERT": "\(folder)/cert.pem", "METACHAT_TLS_KEY": "\(folder)/cert.pem"],
                        "METACHAT_TLS_KEY"
                    ),
                    (
                        ["METACHAT_TLS_CERT": "\(folder)/cert.pem", "METACHAT_TLS_KEY": "\(folder)/other.pem"],
                        "METACHAT_TLS_KEY"
                    ),
                ] {
                    let name = "refused-\(UInt32.random(in: .min ... .max))"
                    try site.launch(name, ["control", "--control-bind", "127.0.0.1:0"], settings: settings)
                    let program = site.program(name)
                    #expect(try await program.ended(within: .seconds(60)) == .code(78))
                    let lines = program.output.split(separator: "\n")
                    #expect(lines.count == 1 && lines.first?.contains(variable) == true, "\(program.output)")
                }
            }
        }

        private func ask(
            _ command: [String], in folder: String
        ) async throws -> (exit: ChildProcess.Exit, output: String) {
            let log = "\(folder)/command-\(UInt64.random(in: .min ... .max)).log"
            let program = try ChildProcess(
                name: command[0], executable: "/usr/bin/env", arguments: command, log: log)
            return (try await program.ended(within: .seconds(90)), program.output)
        }

        private func run(_ command: [String], in folder: String) async throws {
            let (exit, output) = try await ask(command, in: folder)
            guard exit == .code(0) else { throw InVain(description: "\(command): \(exit): \(output)") }
        }
    }
}
