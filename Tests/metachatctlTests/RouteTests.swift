import ControlAPI
import JSONCoding
import JSONRPC
import Testing

@testable import metachatctl

struct RouteTests {
    private func route(_ words: String...) throws -> Route { try Route(words, catalog: .control) }

    @Test func optionsBeforeTheNounAreNeverTheVerbs() throws {
        guard
            case .method(let command, let words, let leading) = try route(
                "--url", "http://a", "--json", "tenant", "get", "acme")
        else { throw Wrong() }
        #expect(command.name == "tenant.get" && words == ["acme"] && leading == ["--url", "http://a", "--json"])
        guard case .program(let program) = try route("--profile=x", "profile", "list") else { throw Wrong() }
        #expect(program == ["profile", "list", "--profile", "x"])
    }

    @Test func helpIsFoundEverywhere() throws {
        for words in [[], ["--help"], ["help"], ["-h"]] {
            guard case .help(let topic) = try Route(words, catalog: .control) else { throw Wrong() }
            #expect(topic.isEmpty)
        }
        guard case .noun = try route("tenant") else { throw Wrong() }
        guard case .help(let topic) = try route("tenant", "get", "--help") else { throw Wrong() }
        #expect(topic == ["tenant", "get"])
        let root = try HelpTopics.text([])
        for noun in Catalog.control.nouns { #expect(root.contains("\n  \(noun.name)")) }
        for status in CtlStatus.allCases { #expect(root.contains("\n  \(status.rawValue) ")) }
        for line in root.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        #expect(try HelpTopics.text(["channel", "update"]).contains("--if-revision"))
        #expect(try HelpTopics.text(["apply"]).contains("--dry-run"))
    }

    @Test func mistypedWordsAreGuessed() {
        func hint(_ words: String...) -> String? {
            do {
                _ = try Route(words, catalog: .control)
                return nil
            } catch {
                return error.hint
            }
        }
        #expect(hint("tenants", "list")?.contains("Did you mean tenant?") == true)
        #expect(hint("tenant", "lst")?.contains("Did you mean list?") == true)
        #expect(hint("--urll", "x")?.contains("--help") == true)
    }

    @Test func aMethodThatIsNewIsThereByItself() throws {
        let info = MethodInfo(
            name: "deadLetter.replay", summary: "Replays.",
            params: [
                .required("tenantId", .identifier()), .optional("maxAge", .integer(0...9)),
                .optional("idempotencyKey", .string()), .optional("events", .array(of: .oneOf(["a", "b"]))),
                .optional("apiKey", .string()),
            ], result: .anyObject, example: .init(params: [:], result: [:]))
        let catalog = Catalog(methods: [info], shared: [:])
        guard
            case .method(let command, let words, _) = try Route(
                ["dead-letter", "replay", "acme", "--max-age", "3", "--events", "a", "--events", "b"], catalog: catalog)
        else { throw Wrong() }
        let params = try MethodArguments.parse(words, for: command).params
        #expect(params == ["tenantId": "acme", "maxAge": 3, "events": ["a", "b"]])
        #expect(command.isWrite && command.param("apiKey")?.role == .secret)
        guard case .method = try Route(["deadLetter", "replay"], catalog: catalog) else { throw Wrong() }
    }

    @Test(arguments: [
        ("phoneNumberId", "phone-number-id"), ("topK", "top-k"), ("baseURL", "base-url"), ("id", "id"),
        ("contentBase64", "content-base64"), ("llm.apiKey", "llm-api-key"),
    ])
    func kebab(_ name: String, _ words: String) { #expect(Words.kebab(name) == words) }

    @Test func completions() {
        let engine = CompletionEngine(catalog: .control)
        func words(_ typed: String...) -> [String] { engine.candidates(typed).map(\.word) }
        #expect(words("ten") == ["tenant"])
        #expect(Set(words("tenant", "")).isSuperset(of: ["create", "get", "list", "update", "delete"]))
        #expect(words("channel", "update", "x", "--if") == ["--if-revision"])
        #expect(words("channel", "list", "--type", "w") == ["whatsapp", "webchat"])
        #expect(words("channel", "list", "--type=we") == ["--type=webchat"])
        #expect(words("channel", "update", "x", "--set", "config.gra") == ["config.graphVersion="])
        #expect(words("call", "fleet.") == ["fleet.list", "fleet.wait"])
        #expect(words("--url", "http://x", "fl") == ["fleet"])
        #expect(words("profile", "") == ["list", "set", "use", "remove"])
        #expect(words("completions", "z") == ["zsh"])
        #expect(words("tenant", "list", "--js") == ["--json-param", "--json"])
        #expect(words("nonsense", "") == [])
        #expect(Set(words("")).isSuperset(of: Catalog.control.nouns.map(\.name)))
    }

    private struct Wrong: Error {}
}
