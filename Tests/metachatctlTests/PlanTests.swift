import ControlAPI
import JSONCoding
import JSONRPC
import Testing

@testable import metachatctl

struct PlanTests {
    private let yaml = """
        tenant: acme
        name: Acme
        settings: {tone: friendly, brandName: null}
        secrets: {llm.apiKey: {fromEnv: KEY}}
        channels:
          shop-wa:
            type: whatsapp
            config: {phoneNumberId: 1, businessAccountId: 2, graphVersion: v26.0}
            secrets: {appSecret: {fromEnv: APP, graceSeconds: 60}}
        documents:
          hours: {title: Hours, content: We are open., mimeType: text/plain, metadata: {a: 1}}
        """

    private func plan(
        _ live: LiveState.Tenant, yaml: String? = nil, _ options: Plan.Options = .init()
    ) throws -> Plan {
        let declared = try DeclarationTests.read(yaml ?? self.yaml)
        return try Plan(declared, live: LiveState(tenants: ["acme": live]), catalog: .control, options: options)
    }

    private func lines(_ plan: Plan, width: Int = 80) -> [String] { PlanText.lines(plan, Screen(width: width)) }

    /// What the control plane has after the file was applied.
    private var applied: LiveState.Tenant {
        LiveState.Tenant(
            entity: [
                "id": "acme", "name": "Acme", "settings": ["tone": "friendly", "enableRag": true], "revision": 5,
            ],
            entities: [
                "channel": [
                    [
                        "id": "shop-wa", "tenantId": "acme", "type": "whatsapp", "name": nil, "enabled": true,
                        "config": ["phoneNumberId": "1", "businessAccountId": "2", "graphVersion": "v26.0"],
                        "revision": 7,
                    ]
                ]
            ], secrets: ["llm.apiKey", "shop-wa/appSecret"],
            documents: [
                "hours": [
                    "id": "hours", "title": "Hours", "mimeType": "text/plain",
                    "metadata": ["a": 1, "metachatctl.source": .string(ContentDigest.of(Array("We are open.".utf8)))],
                ]
            ])
    }

    @Test func everythingIsCreatedInOrder() throws {
        let plan = try plan(LiveState.Tenant())
        #expect(
            lines(plan) == [
                "+ tenant acme", "+ secret llm.apiKey from the environment variable KEY",
                "+ channel shop-wa with secret appSecret", "+ document hours",
            ])
        let calls = plan.changes.compactMap(\.call)
        #expect(calls.map(\.method) == ["tenant.create", "secret.set", "channel.create", "document.put"])
        #expect(calls[0].params == ["id": "acme", "name": "Acme", "settings": ["tone": "friendly"]])
        #expect(calls[1].params == ["tenantId": "acme", "name": "llm.apiKey"])
        #expect(
            calls[2].params == [
                "id": "shop-wa", "tenantId": "acme", "type": "whatsapp",
                "config": ["phoneNumberId": "1", "businessAccountId": "2", "graphVersion": "v26.0"],
            ])
        #expect(
            calls[2].reads == [PendingRead(path: ["secrets", "appSecret"], source: .environment("APP"), form: .secret)])
        #expect(calls[3].params["content"] == "We are open.")
        #expect(PlanText.counts(plan, isDone: false) == "4 to create")
    }

    /// What is planned is what the control plane's own reader takes.
    @Test func theCallsAreValid() throws {
        for call in try plan(LiveState.Tenant()).changes.compactMap(\.call) {
            var params = call.params
            for read in call.reads { _ = params.set("a value", at: read.path[...]) }
            let value = JSONValue.object(params)
            switch call.method {
            case "tenant.create": _ = try JSONReader.read(value, TenantCreate.method.method.read)
            case "secret.set": _ = try JSONReader.read(value, SecretSet.method.method.read)
            case "channel.create": _ = try JSONReader.read(value, ChannelCreate.method.method.read)
            case "document.put": _ = try JSONReader.read(value, DocumentPut.method.method.read)
            default: Issue.record("\(call.method)")
            }
        }
    }

    @Test func againThereIsNothingToDo() throws {
        let plan = try plan(applied)
        #expect(plan.changes.isEmpty)
        #expect(
            lines(plan) == [
                "= tenant acme", "= secret llm.apiKey", "= channel shop-wa", "= secret shop-wa/appSecret",
                "= document hours",
            ])
        #expect(PlanText.counts(plan, isDone: true) == "5 as declared")
    }

    @Test func aChangeIsOneLine() throws {
        var live = applied
        live.entities["channel"]?[0]["config"] = [
            "phoneNumberId": "1", "businessAccountId": "2", "graphVersion": "v25.0", "partitions": 4,
        ]
        let plan = try plan(live)
        #expect(lines(plan)[2] == #"~ channel shop-wa config.graphVersion: "v25.0" → "v26.0""#)
        #expect(plan.changes.count == 1)
        #expect(
            plan.changes.first?.call
                == Plan.Call(
                    method: "channel.update",
                    params: ["id": "shop-wa", "config": ["graphVersion": "v26.0"], "ifRevision": 7]))
    }

    @Test func nullRemovesAndTheRestIsLeftAlone() throws {
        var live = applied
        live.entity?["settings"] = ["tone": "casual", "brandName": "Old", "enableRag": false]
        let plan = try plan(live)
        #expect(
            lines(plan).prefix(2) == [
                #"~ tenant acme settings.tone: "casual" → "friendly""#,
                #"~ tenant acme settings.brandName: removed "Old""#,
            ])
        #expect(plan.changes.first?.call?.params["settings"] == ["tone": "friendly", "brandName": nil])
    }

    @Test func secretsAreSetWhereMissingOrWhenAsked() throws {
        var live = applied
        live.secrets = ["llm.apiKey"]
        let missing = try plan(live)
        #expect(missing.changes.map(\.id) == ["shop-wa/appSecret"])
        #expect(missing.changes.first?.call?.params["graceSeconds"] == nil)
        let again = try plan(applied, .init(updateSecrets: true))
        #expect(again.changes.map(\.id) == ["llm.apiKey", "shop-wa/appSecret"])
        #expect(again.changes.last?.call?.params["graceSeconds"] == 60)
    }

    @Test func documentsCompareByTheirSource() throws {
        var live = applied
        live.documents["hours"]?["metadata"] = ["a": 2, "metachatctl.source": "fnv1a64:0:1"]
        live.documents["old"] = ["id": "old", "metadata": ["metachatctl.source": "x"]]
        live.documents["byhand"] = ["id": "byhand", "metadata": [:]]
        #expect(
            lines(try plan(live)).suffix(4) == [
                #"~ document hours metadata: {"a":2} → {"a":1}"#, "~ document hours content: changed",
                "? document byhand is not in the file; left as it is",
                "? document old is not in the file; --prune deletes it",
            ])
        let pruned = try plan(live, .init(prune: true))
        #expect(pruned.changes.map(\.id) == ["hours", "old"])
        #expect(pruned.changes.last?.call == Plan.Call(method: "document.delete", params: ["id": "old"]))
    }

    @Test func whatIsNotDeclaredIsSaid() throws {
        var live = applied
        live.entities["channel"]?.append(["id": "other", "type": "webchat"])
        let plan = try plan(live)
        #expect(plan.changes.isEmpty)
        #expect(lines(plan).contains("? channel other is not in the file; left as it is"))
    }

    @Test func whatCannotBeDoneIsAFaultWithItsLine() throws {
        func faults(_ yaml: String, _ live: LiveState.Tenant) throws -> [String] {
            do {
                _ = try plan(live, yaml: yaml)
                return []
            } catch let failure as CtlFailure {
                return failure.details
            }
        }
        #expect(
            try faults("tenant: acme\nchannels:\n  shop-wa:\n    type: messenger", applied) == [
                "t.yaml:4: channel shop-wa: type cannot be changed; delete it first, or give it another id"
            ])
        #expect(
            try faults(
                "tenant: acme\nchannels:\n  new:\n    type: whatsapp\n    config: {phoneNumberId: 1}",
                LiveState.Tenant())
                == [
                    "t.yaml:1: tenant acme: name is missing",
                    "t.yaml:5: channel new: config.businessAccountId is missing",
                ])
    }

    @Test func linesFitTheScreen() throws {
        var live = applied
        live.entity?["name"] = .string(String(repeating: "long ", count: 100) + "\u{1B}[2J")
        for line in lines(try plan(live), width: 60) {
            #expect(TextWidth.of(line) <= 60)
            #expect(!line.contains("\u{1B}"))
        }
    }

    @Test func equalInMeaning() {
        #expect(Differences.same(80, 80.0))
        #expect(Differences.same(["a": [1, 2.0]], ["a": [1.0, 2]]))
        #expect(!Differences.same(["a": 1], ["a": 1, "b": 2]))
        #expect(!Differences.same(1, "1"))
        #expect(Differences.same(nil, nil))
    }

    @Test func headersAreReferencesAndCompareByName() throws {
        let yaml = """
            tenant: acme
            webhooks:
              wh: {url: "https://x.example", events: [message.sent], headers: {Authorization: {fromEnv: AUTH}}}
            """
        let read = PendingRead(path: ["headers", "Authorization"], source: .environment("AUTH"), form: .secret)
        var live = LiveState.Tenant(entity: ["id": "acme", "name": "Acme"])
        #expect(try plan(live, yaml: yaml).changes.first?.call?.reads == [read])
        live.entities["webhook"] = [
            ["id": "wh", "url": "https://x.example", "events": ["message.sent"], "headerNames": ["Authorization"]]
        ]
        #expect(try plan(live, yaml: yaml).changes.isEmpty)
        #expect(try plan(live, yaml: yaml, .init(updateSecrets: true)).changes.first?.call?.reads == [read])
        live.entities["webhook"]?[0]["headerNames"] = []
        #expect(
            try plan(live, yaml: yaml).changes.map(\.call) == [
                Plan.Call(method: "webhook.update", params: ["id": "wh"], reads: [read])
            ])
    }

    /// Functions and webhooks come by themselves once the API has them.
    @Test func aNounThatIsNewCanBeDeclared() throws {
        func info(_ name: String, _ params: [JSONSchema.Member]) -> MethodInfo {
            MethodInfo(
                name: name, summary: "x", params: params, result: .anyObject, example: .init(params: [:], result: [:]))
        }
        let tenant = JSONSchema.Member.required("tenantId", .identifier())
        let url = JSONSchema.Member.required("url", .string())
        let catalog = Catalog(
            methods: ControlAPI.methods.filter { !$0.name.hasPrefix("webhook.") } + [
                info("webhook.create", [tenant, url, .required("events", .array(of: .string()))]),
                info("webhook.list", [tenant]),
                info("webhook.update", [.required("id", .identifier()), .optional("events", .array(of: .string()))]),
            ], shared: ControlAPI.schemas)
        let declared = try DeclarationReader.read(
            "tenant: acme\nwebhooks:\n  crm: {url: 'https://x', events: [message.sent]}", file: "t.yaml",
            catalog: catalog
        ) { _ in [] }
        var live = LiveState.Tenant(entity: ["id": "acme", "name": "Acme"])
        let fresh = try Plan(declared, live: .init(tenants: ["acme": live]), catalog: catalog, options: .init())
        #expect(
            fresh.changes.map(\.call) == [
                Plan.Call(
                    method: "webhook.create",
                    params: ["tenantId": "acme", "url": "https://x", "events": ["message.sent"]])
            ])
        live.entities["webhook"] = [["id": "wh_1", "url": "https://x", "events": ["message.failed"], "revision": 3]]
        let changed = try Plan(declared, live: .init(tenants: ["acme": live]), catalog: catalog, options: .init())
        #expect(
            changed.changes.map(\.call) == [
                Plan.Call(method: "webhook.update", params: ["id": "wh_1", "events": ["message.sent"]])
            ])
    }
}
