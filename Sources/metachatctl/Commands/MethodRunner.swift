import ArgumentParser
import ControlAPI
import Foundation
import Glibc
import JSONCoding
import JSONRPC

/// Calls a method and shows what it gave.
struct MethodRunner: Sendable {
    let session: Session
    let command: MethodCommand?
    let method: String

    init(session: Session, method: String) {
        self.session = session
        self.method = method
        command = Catalog.control.command(method: method)
    }

    /// Noun and verb with their flags.
    static func run(_ command: MethodCommand, words: [String], leading: [String]) async throws {
        // Read without a tenant first: the options that tell of one stand among the words.
        let common = try MethodArguments.parse(words, for: command, tenant: "-").common
        let session = Session(try CommonOptions.parse(leading + common))
        let plan = try session.plan()
        let arguments = try MethodArguments.parse(words, for: command, tenant: plan.tenant)
        var params = try ParamReading.params(arguments, environment: session.environment)
        if command.name == "fleet.wait", params["timeoutMs"] == nil {
            params["timeoutMs"] = .integer(min(60_000, Int64(session.options.timeout * 1000)))
        }
        let runner = MethodRunner(session: session, method: command.name)
        try await runner.run(params, on: try session.client(plan), all: arguments.all, keyed: true)
    }

    /// - Parameter keyed: a write gets a key, so that it can be repeated when the connection breaks.
    func run(_ params: JSONObject, on client: ControlClient, all: Bool = false, keyed: Bool = false) async throws {
        var params = params
        if keyed, let command, command.isWrite, params["idempotencyKey"] == nil {
            params["idempotencyKey"] = .string("ctl-" + UUID().uuidString)
        }
        let result: JSONValue
        do {
            result =
                all
                ? ["items": .array(try await client.all(method, params)), "nextCursor": nil]
                : try await client.call(method, params)
        } catch let error as RPCError {
            throw FailureText.failure(error, context: method)
        }
        show(result)
        try await waitIfAsked(result, client)
    }

    private func show(_ result: JSONValue) {
        let console = session.console
        if session.options.json {
            console.print(raw: JSONOutput.text(result, isTerminal: console.isTerminal))
            return
        }
        let noun = command?.noun ?? ""
        console.print(Render(screen: console.output, noun: noun, verb: command?.verb ?? "").lines(result))
        if let cursor = result["nextCursor"]?.string, result["items"] != nil {
            console.note("There is more: --all shows everything, --cursor \(cursor) the next page.")
        }
    }

    private func waitIfAsked(_ result: JSONValue, _ client: ControlClient) async throws {
        guard session.options.wait, command?.isWrite ?? true else { return }
        guard let revision = result["revision"]?.integer else {
            return session.console.note("\(method) takes effect at once; there is nothing to wait for")
        }
        do {
            try await session.waiter(client).wait(for: revision)
        } catch let error as RPCError {
            throw FailureText.failure(error, context: "fleet.wait")
        }
    }
}

/// Fills in what the command line only names.
enum ParamReading {
    static func params(_ arguments: MethodArguments, environment: [String: String]) throws(CtlFailure) -> JSONObject {
        var params = arguments.params
        guard arguments.reads.count(where: { $0.source == .standardInput }) <= 1 else {
            throw .usage("standard input can be read once only")
        }
        for read in arguments.reads {
            let value = try value(read, environment: environment)
            guard params.set(value, at: read.path[...]) else {
                throw .usage("\(read.path.joined(separator: ".")) is given twice")
            }
        }
        return params
    }

    static func value(_ read: PendingRead, environment: [String: String]) throws(CtlFailure) -> JSONValue {
        let name = read.source.description
        let bytes: [UInt8]
        switch read.source {
        case .file(let path): bytes = try Files.read(path)
        case .standardInput:
            bytes =
                read.form == .secret && isatty(STDIN_FILENO) == 1
                ? try Prompt.secret(read.path.last ?? "value") : try Files.standardInput()
        case .environment(let variable):
            guard let value = environment[variable], !value.isEmpty else {
                throw .config("the environment variable \(variable) is not set")
            }
            bytes = Array(value.utf8)
        }
        switch read.form {
        case .base64: return JSONValue(bytes: bytes)
        case .text: return .string(try Files.text(bytes, name: name))
        case .secret: return .string(try secret(bytes, name: name))
        case .json:
            do {
                return try JSONValue.parse(bytes)
            } catch {
                throw .config(
                    "\(name): \(error.message) (line \(error.position.line), column \(error.position.column))")
            }
        }
    }

    /// A secret's text without the line end that editors and `echo` add.
    static func secret(_ bytes: [UInt8], name: String) throws(CtlFailure) -> String {
        var text = try Files.text(bytes, name: name)[...]
        if text.last?.isNewline == true { text.removeLast() }
        guard !text.isEmpty else { throw .config("\(name): the secret is empty") }
        return String(text)
    }
}

/// Asks at the terminal.
enum Prompt {
    /// A line that is not shown while it is typed.
    static func secret(_ name: String) throws(CtlFailure) -> [UInt8] {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return try Files.standardInput() }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        Console.write("\(name) (not shown): ", to: STDERR_FILENO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        let line = readLine(strippingNewline: true)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
        Console.write("\n", to: STDERR_FILENO)
        return Array((line ?? "").utf8)
    }

    static func confirms(_ question: String) -> Bool {
        Console.write(question + " [y/N] ", to: STDERR_FILENO)
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }
}
