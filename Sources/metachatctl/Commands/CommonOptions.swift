import ArgumentParser
import ControlAPI
import Glibc
import JSONCoding
import JSONRPC

/// The options that every command has.
struct CommonOptions: ParsableArguments {
    @Option(help: "The control plane. [METACHAT_CONTROL_URL, default http://127.0.0.1:7070]")
    var url: String?
    @Option(help: "A file that holds the bearer token; - reads standard input. [METACHAT_ADMIN_TOKEN holds the token]")
    var tokenFile: String?
    @Option(help: "A PEM file of certificate authorities to trust, beside the system's. [METACHAT_CA_FILE]")
    var caFile: String?
    @Option(help: "A profile of the config file. [METACHATCTL_PROFILE]")
    var profile: String?
    @Flag(help: "Print results as they came, for scripts; errors as JSON too.")
    var json = false
    @Flag(help: "After a write, wait until every node runs it.")
    var wait = false
    @Option(help: "How many seconds --wait waits.")
    var timeout: Double = 30
    @Flag(name: .customLong("no-color"), help: "No colour, as with NO_COLOR.")
    var noColor = false

    mutating func validate() throws {
        guard timeout >= 0, timeout <= 86_400 else {
            throw ValidationError("--timeout takes seconds between 0 and 86400.")
        }
    }
}

/// What a command works with.
struct Session: Sendable {
    let options: SessionOptions
    let environment: [String: String]
    let console: Console

    init(_ options: CommonOptions) {
        self.options = SessionOptions(options)
        environment = ProcessEnvironment.all
        console = .system(environment: environment, noColor: options.noColor)
    }

    var timeout: Duration { .milliseconds(Int64(options.timeout * 1000)) }

    /// What is known before anything is called: for the default tenant.
    func plan() throws(CtlFailure) -> ConnectionPlan {
        let path = ProfileFile.path(environment)
        var file = ProfileFile()
        if let path, Files.exists(path) {
            file = try ProfileFile(yaml: try Files.text(try Files.read(path), name: path), file: path)
            if file.holdsToken, Files.isOpenToOthers(path) {
                console.warn("\(path) holds a token and can be read by others; chmod 600 it.")
            }
        }
        return try ConnectionPlan(
            url: options.url, tokenFile: options.tokenFile, caFile: options.caFile, profile: options.profile,
            environment: environment, file: file, path: path ?? "the config file")
    }

    func client(_ plan: ConnectionPlan) throws(CtlFailure) -> ControlClient {
        ControlClient(
            connection: Connection(
                urls: plan.urls, urlOrigin: plan.urlOrigin,
                token: try TokenReading.token(plan.token, environment: environment), tenant: plan.tenant),
            http: try plan.authorities.map(ControlHTTP.trusting) ?? ControlHTTP.plain)
    }

    func waiter(_ client: ControlClient) -> FleetWaiter {
        FleetWaiter(client: client, console: console, timeout: timeout)
    }
}

/// ``CommonOptions`` as plain values.
struct SessionOptions: Sendable {
    var url: String?
    var tokenFile: String?
    var caFile: String?
    var profile: String?
    var json: Bool
    var wait: Bool
    var timeout: Double

    init(_ options: CommonOptions) {
        url = options.url
        tokenFile = options.tokenFile
        caFile = options.caFile
        profile = options.profile
        json = options.json
        wait = options.wait
        timeout = options.timeout
    }
}

enum TokenReading {
    static func token(_ source: ConnectionPlan.TokenSource, environment: [String: String]) throws(CtlFailure) -> String
    {
        let text: String
        let origin: String
        switch source {
        case .text(let token, let from):
            (text, origin) = (token, from)
        case .file(let path, let from):
            let bytes = try path == "-" ? Files.standardInput(limit: 1 << 20) : Files.read(path, limit: 1 << 20)
            (text, origin) = (trimmed(try Files.text(bytes, name: path)), "\(path) (from \(from))")
        case .environment(let variable, let from):
            guard let value = environment[variable], !value.isEmpty else {
                throw .config("the environment variable \(variable), named by \(from), is not set")
            }
            (text, origin) = (value, variable)
        case .none:
            throw CtlFailure(
                status: .noPermission, message: "there is no token to call the control plane with",
                hint:
                    "Set METACHAT_ADMIN_TOKEN, give --token-file PATH, or make a profile: metachatctl profile set --help."
            )
        }
        guard (1...4096).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .config("\(origin): holds no token (visible ASCII characters without spaces)")
        }
        return text
    }

    static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text.drop { $0.isWhitespace })
    }
}

enum ProcessEnvironment {
    static let all: [String: String] = read()

    private static func read() -> [String: String] {
        var result: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text)
            if let equals = pair.utf8.firstIndex(of: UInt8(ascii: "=")) {
                result[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
            }
            entry += 1
        }
        return result
    }
}
