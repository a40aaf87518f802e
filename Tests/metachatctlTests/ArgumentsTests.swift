import ArgumentParser
import ControlAPI
import JSONCoding
import JSONRPC
import Testing

@testable import metachatctl

struct ArgumentsTests {
    private func command(_ method: String) throws -> MethodCommand {
        try #require(Catalog.control.command(method: method))
    }

    private func parse(_ method: String, _ words: [String], tenant: String? = nil) throws -> MethodArguments {
        try MethodArguments.parse(words, for: try command(method), tenant: tenant)
    }

    private func fault(_ method: String, _ words: [String]) throws -> CtlFailure {
        do {
            _ = try MethodArguments.parse(words, for: try command(method))
        } catch let failure as CtlFailure {
            #expect(failure.status == .usage)
            return failure
        }
        throw Unexpected()
    }

    private struct Unexpected: Error {}

    /// What `--help` shows is what the parser reads, for every method there is.
    @Test(arguments: ControlAPI.methods.map(\.name))
    func everyMethodsExampleCanBeSaid(_ name: String) throws {
        let command = try command(name)
        let words = MethodHelp.exampleWords(command)
        guard case .method(let found, let rest, _) = try Route(Array(words.dropFirst()), catalog: .control) else {
            Issue.record("\(words) is no command")
            return
        }
        #expect(found.name == name)
        let arguments = try MethodArguments.parse(rest, for: command)
        var params = arguments.params
        let example = command.info.example.params
        for read in arguments.reads {
            let value = read.path.reduce(JSONValue?.some(.object(example))) { $0?[$1] }
            #expect(value != nil, "\(read.path)")
            _ = params.set(value ?? .null, at: read.path[...])
        }
        #expect(params == example)
    }

    @Test(arguments: ControlAPI.methods.map(\.name))
    func everyMethodHasAHelpPage(_ name: String) throws {
        let command = try command(name)
        let lines = MethodHelp.text(command).split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("USAGE: metachatctl \(command.noun) \(command.verb)") })
        for param in command.params where param.role == .plain {
            #expect(lines.contains { $0.contains("--\(param.flag)") }, "--\(param.flag)")
        }
        for line in lines where !line.hasPrefix("  metachatctl") { #expect(line.count <= 80, "\(line)") }
    }

    @Test func wordsAndFlagsMayMix() throws {
        let arguments = try parse(
            "channel.update",
            ["shop-wa", "--set", "config.graphVersion=v26.0", "--if-revision", "7", "--no-enabled", "--wait", "--json"])
        #expect(
            arguments.params == [
                "id": "shop-wa", "config": ["graphVersion": "v26.0"], "ifRevision": 7, "enabled": false,
            ])
        #expect(arguments.common == ["--wait", "--json"])
    }

    @Test func theSchemaSaysWhatAValueIs() throws {
        let params = try parse(
            "channel.update",
            [
                "x", "--set", "config.phoneNumberId=106540352242922", "--set", "config.partitions=4", "--set",
                "config.webhookVerifyToken=null", "--set", "config.allowedOrigins=https://a.example", "--set",
                "config.allowedOrigins=https://b.example",
            ]
        ).params
        #expect(params["config"]?["phoneNumberId"] == "106540352242922")
        #expect(params["config"]?["partitions"] == 4)
        #expect(params["config"]?["webhookVerifyToken"] == JSONValue.null)
        #expect(params["config"]?["allowedOrigins"] == ["https://a.example", "https://b.example"])
        let settings = try parse("tenant.create", ["Acme", "--set", "settings.enableRag=false"]).params["settings"]
        #expect(settings?["enableRag"] == false)
        #expect(try fault("channel.update", ["x", "--set", "config.partitions=many"]).message.contains("whole number"))
    }

    @Test func unknownMembersAreGuessedAt() {
        #expect(ValueReading.guess("12") == 12)
        #expect(ValueReading.guess("true") == true)
        #expect(ValueReading.guess("4915112345678999999999") == "4915112345678999999999")
        #expect(ValueReading.guess("{\"a\": [1]}") == ["a": [1]])
        #expect(ValueReading.guess("plain") == "plain")
    }

    @Test func nullIsSaidWithUnset() throws {
        let params = try parse("channel.update", ["x", "--unset", "name", "--unset", "config.graphVersion"]).params
        #expect(params == ["id": "x", "name": nil, "config": ["graphVersion": nil]])
    }

    @Test func shortNamesOfIds() throws {
        let params = try parse("conversation.list", ["--tenant", "acme", "--channel=wa"]).params
        #expect(params == ["tenantId": "acme", "channelId": "wa"])
    }

    @Test func theProfilesTenantFillsIn() throws {
        #expect(try parse("document.list", [], tenant: "acme").params == ["tenantId": "acme"])
        #expect(try parse("document.list", ["other"], tenant: "acme").params == ["tenantId": "other"])
        let set = try parse("secret.set", ["llm.apiKey", "--stdin"], tenant: "acme")
        #expect(set.params == ["tenantId": "acme", "name": "llm.apiKey"])
        #expect(try fault("document.list", []).details == ["tenantId: give --tenant-id"])
    }

    @Test func secretsAreNamedNotGiven() throws {
        let set = try parse("secret.set", ["acme", "appSecret", "--channel", "wa", "--file", "s.txt"])
        #expect(set.reads == [PendingRead(path: ["value"], source: .file("s.txt"), form: .secret)])
        let created = try parse(
            "channel.create",
            ["acme", "webchat", "--config", "{}", "--secret", "token=env:TOKEN", "--secret", "identitySecret=stdin"])
        #expect(
            created.reads == [
                PendingRead(path: ["secrets", "token"], source: .environment("TOKEN"), form: .secret),
                PendingRead(path: ["secrets", "identitySecret"], source: .standardInput, form: .secret),
            ])
        let hook = try parse("webhook.update", ["wh", "--header", "Authorization=env:AUTH"])
        #expect(
            hook.reads == [
                PendingRead(path: ["headers", "Authorization"], source: .environment("AUTH"), form: .secret)
            ])
        let plain: [(String, [String])] = [
            ("webhook.update", ["wh", "--set", "headers.Authorization=hunter2"]),
            ("secret.set", ["acme", "appSecret", "--value", "hunter2"]),
            ("secret.set", ["acme", "appSecret", "--set", "value=hunter2"]),
            ("channel.update", ["x", "--secrets", "{\"token\":\"hunter2\"}"]),
            ("channel.update", ["x", "--set", "secrets.token=hunter2"]),
            ("channel.update", ["x", "--json-param", "secrets={\"token\":\"hunter2\"}"]),
            ("channel.update", ["x", "--secret", "token=hunter2"]),
        ]
        for (method, words) in plain {
            let failure = try fault(method, words)
            #expect(failure.hint?.contains("process list") == true, "\(words)")
            #expect(!failure.description.contains("hunter2"), "\(words)")
        }
        #expect(
            try fault("secret.set", ["acme", "appSecret"]).details == ["value: give --stdin, --file PATH or --env NAME"]
        )
    }

    @Test func aDocumentsFileTellsTypeAndTitle() throws {
        let put = try parse("document.put", ["acme", "--id", "hours", "--file", "docs/Opening hours.md"])
        #expect(
            put.params == ["tenantId": "acme", "id": "hours", "title": "Opening hours", "mimeType": "text/markdown"])
        #expect(put.reads == [PendingRead(path: ["content"], source: .file("docs/Opening hours.md"), form: .text)])
        let pdf = try parse("document.put", ["acme", "--file", "a.pdf", "--title", "A"])
        #expect(pdf.params["title"] == "A" && pdf.params["mimeType"] == "application/pdf")
        #expect(pdf.reads.first?.form == .base64 && pdf.reads.first?.path == ["contentBase64"])
    }

    @Test func mistakesAreNamed() throws {
        #expect(try fault("tenant.get", []).details == ["id: give --id"])
        #expect(try fault("tenant.get", ["a", "b"]).message == "tenant get: b is one word too many")
        #expect(try fault("tenant.list", ["--limt", "5"]).hint?.contains("Did you mean --limit?") == true)
        #expect(try fault("tenant.list", ["--limit", "many"]).message.contains("must be a whole number"))
        #expect(try fault("channel.list", ["--type", "sms"]).message.contains("whatsapp, messenger, webchat"))
        #expect(
            try fault("channel.update", ["x", "--set", "confg.a=1"]).hint?.contains("Did you mean config?") == true)
        #expect(try fault("channel.update", ["x", "--set", "name.a=1"]).message.contains("no members"))
        #expect(try fault("tenant.list", ["--limit"]).message.contains("needs a value"))
    }

    @Test func callTakesJSONAndWords() throws {
        func params(_ words: [String], _ method: String = "channel.update") throws -> JSONObject {
            try CallParams.params(words, method: method, catalog: .control)
        }
        #expect(try params(["{\"id\": \"x\"}"]) == ["id": "x"])
        #expect(try params(["id=12", "config.partitions=2"]) == ["id": "12", "config": ["partitions": 2]])
        #expect(try params(["a=1", "b=x", "c.d=true"], "no.such") == ["a": 1, "b": "x", "c": ["d": true]])
        #expect(throws: CtlFailure.self) { try params(["{\"value\": \"x\"}"], "secret.set") }
        #expect(throws: CtlFailure.self) { try params(["secrets.token=x"]) }
        #expect(throws: CtlFailure.self) { try params(["{"]) }
        #expect(throws: CtlFailure.self) { try params(["word"]) }
    }

    @Test func everyCommonFlagIsAnOption() throws {
        let help = CommonOptions.helpMessage()
        for flag in CommonFlag.all { #expect(help.contains(flag.name), "\(flag.name)") }
        let options = try CommonOptions.parse([
            "--url", "http://a", "--token-file", "t", "--profile", "p", "--json", "--wait", "--timeout", "2.5",
            "--no-color",
        ])
        #expect(options.timeout == 2.5 && options.json && options.wait && options.noColor && options.profile == "p")
    }
}
