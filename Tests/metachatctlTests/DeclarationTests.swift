import JSONCoding
import Testing

@testable import metachatctl

struct DeclarationTests {
    static func read(
        _ yaml: String, files: [String: String] = [:], as file: String = "t.yaml"
    ) throws(CtlFailure) -> [Declaration.Tenant] {
        try DeclarationReader.read(yaml, file: file, catalog: .control) { (name: String) throws(CtlFailure) in
            guard let text = files[name] else { throw .config("\(name): there is no such file") }
            return Array(text.utf8)
        }
    }

    private func faults(_ yaml: String) -> [String] {
        do {
            _ = try Self.read(yaml)
            return []
        } catch {
            #expect(error.status == .config)
            return error.details.isEmpty ? [error.message] : error.details
        }
    }

    @Test func aTenantWithEverything() throws {
        let tenants = try Self.read(
            """
            tenant: acme
            name: Acme Ltd.
            settings: {tone: friendly, locale: [en, de], rateLimits: {messagesPerMinute: 5}}
            secrets: {llm.apiKey: {fromEnv: KEY}}
            channels:
              acme-wa:
                type: whatsapp
                config: {phoneNumberId: 0123456789, businessAccountId: 102, graphVersion: v26.0, partitions: 2}
                secrets:
                  appSecret: {fromFile: app.txt, graceSeconds: 60}
            documents:
              hours: {file: docs/Hours.md}
              note: {title: Note, content: "Text", mimeType: text/plain, metadata: {a: 1}}
            ---
            tenant: other
            """, files: ["dir/docs/Hours.md": "# Hours"], as: "dir/t.yaml")
        #expect(tenants.map(\.id) == ["acme", "other"])
        let acme = tenants[0]
        #expect(acme.entity.members["name"] == "Acme Ltd.")
        #expect(acme.entity.members["settings"]?["locale"] == ["en", "de"])
        #expect(acme.entity.secrets == [.init(name: "llm.apiKey", source: .environment("KEY"))])
        let channel = try #require(acme.children.first)
        #expect(channel.kind.noun == "channel" && channel.entity.id == "acme-wa")
        // Ids keep their text, zeros and all.
        #expect(channel.entity.members["config"]?["phoneNumberId"] == "0123456789")
        #expect(channel.entity.members["config"]?["partitions"] == 2)
        #expect(channel.entity.secrets == [.init(name: "appSecret", source: .file("dir/app.txt"), graceSeconds: 60)])
        #expect(acme.documents.map(\.title) == ["Hours", "Note"])
        #expect(acme.documents.map(\.mimeType) == ["text/markdown", "text/plain"])
        #expect(acme.documents[0].content == Array("# Hours".utf8))
        #expect(acme.sections == ["channels", "documents"])
    }

    /// The sample of the repository is in order, and says what it shows.
    @Test func theSampleIsInOrder() throws {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let tenants = try ApplyFiles.read(["/\(root)/Clients/examples/tenant.yaml"])
        #expect(tenants.map(\.id) == ["lantern"])
        let plan = try Plan(tenants, live: LiveState(), catalog: .control, options: .init())
        let nouns = ["tenant", "channel", "channel", "function", "webhook", "document", "document"]
        #expect(plan.changes.map(\.noun) == nouns)
        #expect(throws: CtlFailure.self) { try ApplyFiles.read(["/\(root)/Sources"]) }
    }

    @Test func everyFaultIsNamedAtOnce() {
        let found = faults(
            """
            tenant: acme
            nmae: x
            settings:
              tone: rude
              topk: 1
            channels:
              wa:
                type: sms
                config: {phoneNumberId: [1], businessAccountId: 2, colour: red}
                secrets:
                  appSecret: hunter2
                  accessToken: {fromEnv: A, fromFile: b}
            documents:
              d1: {title: x}
              "d 2": {content: ""}
            """)
        #expect(
            found == [
                "t.yaml:2: nmae: is not known here; did you mean name?",
                "t.yaml:4: settings.tone: must be one of friendly, professional, casual",
                "t.yaml:5: settings.topk: is not known here",
                "t.yaml:8: channels.wa.type: must be one of whatsapp, messenger, webchat",
                "t.yaml:9: channels.wa.config.phoneNumberId: must be a string, is an array",
                "t.yaml:9: channels.wa.config.colour: is not known here",
                "t.yaml:11: channels.wa.secrets.appSecret: names where the value is, {fromEnv: VARIABLE} or "
                    + "{fromFile: path}; it does not hold it",
                "t.yaml:12: channels.wa.secrets.accessToken: takes one of fromEnv and fromFile",
                "t.yaml:14: documents.d1: takes one of content and file",
                "t.yaml:15: documents.d 2: an id consists of 1 to 64 of A-Z, a-z, 0-9, _ and -",
                "t.yaml:15: documents.d 2: has no content",
            ])
        #expect(!found.joined().contains("hunter2"))
    }

    @Test func whatIsNoDeclaration() {
        #expect(faults("name: x") == ["t.yaml:1: tenant: is missing: the tenant's id"])
        #expect(faults("[1, 2]") == ["t.yaml:1: must be a map, is a list"])
        #expect(faults("tenant: a b").count == 1)
        #expect(faults("tenant: a\nchannels: [x]") == ["t.yaml:2: channels: must be a map, is a list"])
        #expect(faults("tenant: a\ntenant: b").first?.contains("two members") == true)
        #expect(faults("tenant: a\n\tname: b").first?.hasPrefix("t.yaml:2: is not YAML") == true)
        #expect(faults("tenant: !!binary aaaa").first?.contains("tag") == true)
        #expect(faults("tenant: a\ndocuments: {d: {file: none.md}}").first?.contains("there is no such file") == true)
        #expect(faults("tenant: a\n? [x]\n: y").first?.contains("plain text") == true)
        #expect(throws: CtlFailure.self) { try ApplyFiles.unique([]) }
    }

    @Test func aTenantIsDeclaredOnce() throws {
        let twice = try Self.read("tenant: a\n---\ntenant: a\n---\ntenant: b\ndocuments: {d: {content: x}}")
        do {
            _ = try ApplyFiles.unique(twice)
            Issue.record("taken")
        } catch {
            #expect(error.details == ["t.yaml:3: tenant a is declared in t.yaml:1 already"])
        }
    }

    @Test func aliasesAreFewAndBounded() throws {
        let shared = try Self.read(
            """
            tenant: a
            settings: &s {tone: casual}
            ---
            tenant: b
            settings: {locale: [&l en, *l]}
            """)
        #expect(shared[1].entity.members["settings"]?["locale"] == ["en", "en"])
        // A billion laughs: each line stands for ten of the one before.
        var laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        for level in 1...9 {
            laughs +=
                "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ","))]\n"
        }
        #expect(faults(laughs) == ["t.yaml: uses more than 20 aliases (*name)"])
        // As keys they would be opened while they are parsed.
        var keys = "a0: &a0 [x,x]\n"
        for level in 1...10 { keys += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(faults(keys + "? *a10\n: y").count == 1)
        #expect(YAMLLimits.aliases(in: "*bold* text &amp; more *bold*") == 0)
        #expect(YAMLLimits.aliases(in: "a: &x 1\nb: [*x, *x]") == 2)
    }

    @Test func depthAndSizeAreBounded() {
        #expect(faults(String(repeating: "[", count: 5000)).count == 1)
        #expect(faults(String(repeating: "- ", count: 900) + "x").first?.contains("nested deeper") == true)
        #expect(faults(String(repeating: "a", count: YAMLLimits.maxBytes + 1)) == ["t.yaml: is larger than 4 MiB"])
        #expect(faults("- " + String(repeating: "x\n- ", count: 250_000)).first?.contains("values") == true)
    }

    @Test(
        arguments: [
            ("1", 1), ("-7", -7), ("0x1F", 31), ("1.5", 1.5), ("1e3", 1000.0), ("true", true), ("~", nil), ("", nil),
            ("yes", "yes"), ("on", "on"), ("12:30", "12:30"), ("1_000", "1_000"), ("v26.0", "v26.0"), (".", "."),
            ("-", "-"),
            ("2026-11-22", "2026-11-22"), ("+49", 49), ("0o17", 15), (".inf", ".inf"),
        ] as [(String, JSONValue)])
    func plainScalars(_ text: String, _ value: JSONValue) { #expect(CoreSchema.value(text) == value) }

    @Test func placesAreFound() throws {
        let tree = try #require(try YAMLTree.documents("a: 1\nb:\n  - x\n  - c: 2\n    d: 3\n", file: "f").first)
        #expect(tree.line(at: "/b/1/d") == 5)
        #expect(tree.line(at: "/b/1/e") == 4)
        #expect(tree.line(at: "/z") == 1)
        #expect(tree.line(at: "") == 1)
    }
}
