import ArgumentParser
import ControlAPI
import JSONCoding
import JSONRPC

/// Any method by its name, with params as they are.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Call any method by its name.",
        discussion: """
            Params are one JSON object, or words key=value: the value is JSON where it is JSON, else text, and \
            key.inner=value reaches into objects. - reads the object from standard input, @PATH from a file; secrets \
            are taken from there only.

              metachatctl call tenant.get id=acme
              metachatctl call channel.update '{"id": "acme-wa", "config": {"graphVersion": "v26.0"}}'
              metachatctl call secret.set - < params.json
            """)

    @Argument(help: "Such as tenant.list; metachatctl call rpc.discover gives them all.")
    var method: String
    @Argument(help: "JSON, key=value …, - or @PATH.")
    var params: [String] = []
    @Flag(help: "Follow the cursors of a list.")
    var all = false
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let session = Session(options)
        let params = try CallParams.params(params, method: method, catalog: .control)
        let client = try session.client(try session.plan())
        try await MethodRunner(session: session, method: method).run(params, on: client, all: all)
    }
}

enum CallParams {
    /// - Throws: ``CtlFailure``: usage for words, config for files.
    static func params(_ words: [String], method: String, catalog: Catalog) throws(CtlFailure) -> JSONObject {
        if words.count == 1, words[0] == "-" || words[0].hasPrefix("@") {
            let source = words[0] == "-" ? Source.standardInput : .file(String(words[0].dropFirst()))
            let read = PendingRead(path: [], source: source, form: .json)
            guard case .object(let object) = try ParamReading.value(read, environment: [:]) else {
                throw .usage("\(source.description): params are a JSON object")
            }
            return object
        }
        let command = catalog.command(method: method)
        let params = try plain(words, command)
        for param in command?.params ?? [] where param.role != .plain && params[param.name] != nil {
            throw .usage(
                "call \(method): the value of \(param.name) is not read from arguments",
                hint: SecretAdvice.why + " Give the params as JSON on standard input (-) or in a file (@PATH).")
        }
        return params
    }

    private static func plain(_ words: [String], _ command: MethodCommand?) throws(CtlFailure) -> JSONObject {
        if words.count == 1, words[0].hasPrefix("{") {
            do {
                if case .object(let object) = try ValueReading.json(words[0]) { return object }
            } catch {
                throw .usage("the params: \(error.message)")
            }
        }
        var params: JSONObject = [:]
        for word in words {
            guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
                throw .usage("\(word) is neither key=value nor a JSON object")
            }
            let path = word[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            let text = String(word[word.index(after: equals)...])
            let kinds = command?.param(path[0]).map { $0.schema }.map {
                command?.shape.kinds(at: path.dropFirst(), in: $0) ?? []
            }
            let value: JSONValue
            do {
                value = try ValueReading.assigned(text, kinds: kinds ?? [])
            } catch {
                throw .usage("\(path.joined(separator: ".")): \(error.message)")
            }
            guard !path.contains(""), params.set(value, at: path[...]) else {
                throw .usage("\(word): no such place")
            }
        }
        return params
    }
}
