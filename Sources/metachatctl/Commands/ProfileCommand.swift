import ArgumentParser
import ControlAPI
import JSONCoding

/// The profiles of the config file.
struct ProfileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile", abstract: "List, make and choose profiles: which control plane, which token.",
        discussion: """
            Profiles lie in $METACHATCTL_CONFIG, else $XDG_CONFIG_HOME/metachat/ctl.yaml, else \
            ~/.config/metachat/ctl.yaml:

              current: dev
              profiles:
                dev:
                  url: http://127.0.0.1:7070
                  tokenFile: ~/.config/metachat/dev.token   # or token: …, or tokenEnv: NAME
                  tenant: acme                              # for commands that need one
                  caFile: ~/.config/metachat/ca.pem         # for https with an authority of your own

            Flags win over a profile given by --profile, that over METACHAT_CONTROL_URL, METACHAT_ADMIN_TOKEN and \
            METACHAT_CA_FILE, those over METACHATCTL_PROFILE and the current profile.
            """,
        subcommands: [ListProfiles.self, SetProfile.self, UseProfile.self, RemoveProfile.self])
}

/// The file of profiles, read and written.
struct ProfileStore {
    let path: String

    init() throws(CtlFailure) {
        guard let path = ProfileFile.path(ProcessEnvironment.all) else {
            throw .config("there is no place for a config file: set METACHATCTL_CONFIG or HOME")
        }
        self.path = path
    }

    func read() throws(CtlFailure) -> ProfileFile {
        guard Files.exists(path) else { return ProfileFile() }
        return try ProfileFile(yaml: try Files.text(try Files.read(path), name: path), file: path)
    }

    func write(_ file: ProfileFile) throws(CtlFailure) { try Files.writePrivate(file.yaml, to: path) }
}

struct ListProfiles: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the profiles.")

    @OptionGroup var options: CommonOptions

    func run() throws {
        let store = try ProfileStore()
        let file = try store.read()
        let session = Session(options)
        if options.json {
            return session.console.print(raw: JSONOutput.text(file.json, isTerminal: session.console.isTerminal))
        }
        if file.profiles.isEmpty { return session.console.print(["no profiles in \(CleanText.line(store.path))"]) }
        session.console.print(
            file.table.lines(width: session.console.output.width, style: session.console.output.style))
    }
}

extension ProfileFile {
    /// Without tokens.
    var json: JSONValue {
        [
            "current": JSONValue(current),
            "items": .array(
                profiles.map { name, profile in
                    [
                        "name": .string(name), "url": JSONValue(profile.url), "token": .string(profile.tokenWords),
                        "tenant": JSONValue(profile.tenant), "caFile": JSONValue(profile.caFile),
                    ]
                }),
        ]
    }

    var table: Table {
        Table(
            columns: [
                .init(title: ""), .init(title: "name", isWhole: true), .init(title: "url"),
                .init(title: "token", rank: 1), .init(title: "tenant", rank: 2),
            ],
            rows: profiles.map { name, profile in
                [
                    .init(name == current ? "*" : "", ink: .green), .init(name),
                    .init(CleanText.line(profile.url ?? "–")), .init(CleanText.line(profile.tokenWords)),
                    .init(CleanText.line(profile.tenant ?? "–")),
                ]
            })
    }
}

extension Profile {
    /// Where the token is; never the token.
    var tokenWords: String {
        switch token {
        case .text?: "in the config file"
        case .file(let path)?: "file \(path)"
        case .environment(let name)?: "$\(name)"
        case nil: "–"
        }
    }
}

struct SetProfile: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Make a profile, or change what is given of one.",
        discussion: "The first profile becomes the current one. Comments in the file are lost.")

    @Argument(help: "Its name.") var name: String
    @Option(help: "The control plane; several, separated by commas, are tried in order.") var url: String?
    @Option(help: "A file that holds the token.") var tokenFile: String?
    @Option(help: "An environment variable that holds the token.") var tokenEnv: String?
    @Flag(help: "Read the token from standard input into the config file, which its owner alone can read.")
    var tokenStdin = false
    @Option(help: "The tenant of commands that need one and are given none.") var tenant: String?
    @Option(help: "A PEM file of certificate authorities to trust, beside the system's; empty removes it.")
    var caFile: String?

    func validate() throws {
        guard ProfileFile.isName(name) else {
            throw ValidationError("A profile's name consists of 1 to 64 of A-Z, a-z, 0-9, . _ and -.")
        }
        if let url, !url.split(separator: ",").allSatisfy({ Connection.isURL(String($0.drop { $0 == " " })) }) {
            throw ValidationError("--url takes an http:// or https:// URL.")
        }
        if [tokenFile != nil, tokenEnv != nil, tokenStdin].count(where: { $0 }) > 1 {
            throw ValidationError("Give one of --token-file, --token-env and --token-stdin.")
        }
    }

    func run() throws {
        let store = try ProfileStore()
        var file = try store.read()
        var profile = file[name] ?? Profile()
        if let url { profile.url = url }
        if let tenant { profile.tenant = tenant.isEmpty ? nil : tenant }
        if let caFile { profile.caFile = caFile.isEmpty ? nil : caFile }
        if let tokenFile { profile.token = .file(tokenFile) }
        if let tokenEnv { profile.token = .environment(tokenEnv) }
        if tokenStdin {
            let read = PendingRead(path: ["token"], source: .standardInput, form: .secret)
            let text = try ParamReading.value(read, environment: [:]).string ?? ""
            profile.token = .text(
                try TokenReading.token(.text(TokenReading.trimmed(text), origin: "standard input"), environment: [:]))
        }
        file[name] = profile
        if file.current == nil { file.current = name }
        try store.write(file)
        Console.write("profile \(name) is saved in \(CleanText.line(store.path))\n", to: 1)
    }
}

struct UseProfile: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "use", abstract: "Make a profile the current one.")

    @Argument(help: "Its name.") var name: String

    func run() throws {
        let store = try ProfileStore()
        var file = try store.read()
        guard file[name] != nil else { throw store.unknown(name, file) }
        file.current = name
        try store.write(file)
        Console.write("\(name) is the current profile\n", to: 1)
    }
}

struct RemoveProfile: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remove", abstract: "Remove a profile.")

    @Argument(help: "Its name.") var name: String

    func run() throws {
        let store = try ProfileStore()
        var file = try store.read()
        guard file[name] != nil else { throw store.unknown(name, file) }
        file[name] = nil
        if file.current == name { file.current = nil }
        try store.write(file)
        Console.write("profile \(name) is removed\n", to: 1)
    }
}

extension ProfileStore {
    func unknown(_ name: String, _ file: ProfileFile) -> CtlFailure {
        let names = file.profiles.map(\.name).joined(separator: ", ")
        return .config(
            "there is no profile \(name) in \(path)", hint: names.isEmpty ? nil : "It holds \(names).")
    }
}
