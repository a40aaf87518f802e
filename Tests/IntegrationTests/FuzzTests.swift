import JSONCoding
import Support
import Testing

extension IntegrationTests {
    /// Settings, all optional: `METACHAT_FUZZ_REQUESTS` how many (Tests/Benchmarks/fuzz: 100,000),
    /// `METACHAT_FUZZ_SEED` which ones.
    @Suite struct FuzzTests {
        private static let requests = ProcessFixture.setting("METACHAT_FUZZ_REQUESTS").flatMap { Int($0) }
        private static let seed = ProcessFixture.setting("METACHAT_FUZZ_SEED").flatMap { UInt64($0) } ?? 20_261_122

        @Test(
            "Odd requests bring well-formed errors, no crash, flat memory, and change nothing of another tenant",
            .timeLimit(.minutes(60)))
        func odd() async throws {
            try await Site.run(nodes: 1) { site in
                let token = [("authorization", "Bearer \(site.adminToken)")]
                let document = try await HTTP.get(site.controlURL + "/openrpc.json", headers: token).json()
                let corpora = (
                    all: try FuzzCorpus(document: document, tenant: "acme"),
                    own: try FuzzCorpus(document: document, tenant: "mine"),
                    foreign: try FuzzCorpus(document: document, tenant: "bystander")
                )
                // Only what the bystander's data holds, and no request.
                let mark = "bystanders-own-data"
                try await Self.fill(site.rpc, corpora.foreign, mark: mark)
                try await Self.fill(site.rpc, corpora.own, mark: "mine")
                let before = try await Self.everything(of: "bystander", site.rpc)
                #expect(before.contains(mark))
                let tokens = try await Self.makeTokens(site)

                let run = FuzzRun(
                    site, seed: Self.seed, count: Self.requests ?? 5000, atLeast: 400,
                    within: Self.requests == nil ? .seconds(8) : nil, tokens: tokens, corpora: corpora, hidden: mark)
                let began = ContinuousClock.now
                let outcome = try await run.run()
                let seconds = (ContinuousClock.now - began).milliseconds / 1000

                for complaint in outcome.complaints { Issue.record("\(complaint)") }
                #expect(site.control.isRunning && site.node(0).isRunning)
                #expect(await site.readiness(site.controlURL) == 200)
                #expect(outcome.kinds["200", default: 0] > outcome.done / 50, "hardly anything succeeded")
                #expect(try await Self.everything(of: "bystander", site.rpc) == before)
                // The node took whatever the control plane took.
                let revision = try await site.rpc.call("fleet.list").member("revision").integer ?? 0
                try await site.rpc.call("fleet.wait", ["revision": .integer(revision), "timeoutMs": 60_000])
                let logged = site.control.output.split(separator: "\n").filter { $0.contains("failed inside") }
                #expect(logged.isEmpty, "\(logged.prefix(3))")
                let (first, last) = (outcome.memory.first ?? 0, outcome.memory.last ?? 0)
                // Warm is not yet everything that is kept: statements, buffers of the largest bodies.
                #expect(last - first < 48, "resident memory in MiB: \(outcome.memory)")
                if Self.requests != nil {
                    // In a long run everything that is kept is there after the first half.
                    let half = outcome.memory.count / 2
                    let early = outcome.memory.prefix(half).max() ?? 0
                    let late = outcome.memory.dropFirst(half).max() ?? 0
                    #expect(late - early < 8, "resident memory in MiB: \(outcome.memory)")
                }
                let kinds = outcome.kinds.sorted { $0.value > $1.value }.map { "\($0.key): \($0.value)" }
                Figures.note(
                    "fuzz: \(outcome.done) odd requests, \(outcome.complaints.count) bad answers, "
                        + "\(Figures.rounded(Double(outcome.done) / seconds))/s; resident memory \(Figures.rounded(first)) → \(Figures.rounded(last)) MiB, "
                        + "at most \(Figures.rounded(outcome.memory.max() ?? 0)); \(kinds.joined(separator: ", "))")
            }
        }

        /// Everything of which the examples speak, for a tenant that keeps it.
        private static func fill(_ rpc: RPCClient, _ corpus: FuzzCorpus, mark: String) async throws {
            let makers = [
                "tenant.create", "channel.create", "secret.set", "function.create", "webhook.create", "document.put",
            ]
            for name in makers {
                guard var params = corpus.methods.first(where: { $0.name == name })?.params else { continue }
                for key in ["name", "description", "title"]
                where params[key] != nil && name != "secret.set" && name != "function.create" || key == "description" {
                    if params[key] != nil { params[key] = .string(mark) }
                }
                try await rpc.call(name, params)
            }
        }

        /// All that can be read of a tenant; what an operator may do to all secrets at once excluded.
        private static func everything(of tenant: String, _ rpc: RPCClient) async throws -> String {
            let id: JSONObject = ["id": .string(tenant)]
            let scope: JSONObject = ["tenantId": .string(tenant)]
            var texts: [String] = []
            for (method, params) in [
                ("tenant.get", id), ("channel.list", scope), ("channel.get", ["id": .string(tenant + "-whatsapp")]),
                ("secret.list", scope), ("function.list", scope), ("webhook.list", scope), ("document.list", scope),
                ("secret.list", scope.merging(patch: ["channelId": .string(tenant + "-whatsapp")])),
                ("document.get", ["id": .string(tenant + "-hours")]), ("conversation.list", scope),
                ("audit.list", scope),
            ] as [(String, JSONObject)] { texts.append(try await rpc.call(method, params).text) }
            return texts.joined(separator: "\n")
        }

        private static func makeTokens(_ site: Site) async throws -> [FuzzRequest.Caller: String] {
            var tokens: [FuzzRequest.Caller: String] = [.admin: site.adminToken, .node: site.nodeToken]
            for (caller, tenant) in [(.operator, nil), (.viewer, nil), (.tenant, "mine")]
                as [(FuzzRequest.Caller, String?)]
            {
                var params: JSONObject = ["name": "odd", "role": .string(caller.rawValue)]
                if let tenant { params["tenantId"] = .string(tenant) }
                tokens[caller] = try await site.rpc.call("token.create", params).member("token").string
            }
            return tokens
        }
    }
}
