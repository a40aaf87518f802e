import ArgumentParser
import ControlAPI
import JSONCoding
import JSONRPC

/// Makes the control plane be as files declare.
struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Make tenants, channels, functions, webhooks and documents be as files declare.",
        usage: """
            metachatctl apply -f <file> … [--dry-run] [--update-secrets] [--prune]
                              [--wait] [--json] [options]
            """,
        discussion: """
            Shows what differs, one line a member, and changes that alone; run again it does nothing. Each YAML \
            document declares one tenant (see Clients/examples/tenant.yaml):

              tenant: acme
              name: Acme Ltd.
              settings: {tone: friendly}
              secrets:
                llm.apiKey: {fromEnv: ACME_LLM_KEY}
              channels:
                acme-whatsapp:
                  type: whatsapp
                  config:
                    phoneNumberId: 106540352242922
                    businessAccountId: 102290129340398
                  secrets:
                    appSecret: {fromFile: secrets/app-secret, graceSeconds: 3600}
              documents:
                acme-hours: {title: Opening hours, file: hours.md}

            What a file does not mention stays as it is: members of settings and config too; null removes one. \
            Secrets are kept sealed and cannot be compared: one that is there is left alone unless --update-secrets. \
            Documents carry a mark of their source in their metadata (\(ContentDigest.key)); --prune deletes those \
            with the mark that the file no longer declares, and nothing else.
            """)

    /// A control plane that starts again is back within seconds.
    private static let patience = Duration.seconds(30)

    @Option(
        name: [.customShort("f"), .customLong("file")], parsing: .singleValue,
        help: "A file, a folder of .yaml files, or - for standard input. Repeatable.")
    var files: [String] = []
    @Flag(help: "Show the difference; change nothing.") var dryRun = false
    @Flag(help: "Set every declared secret again.") var updateSecrets = false
    @Flag(help: "Delete documents that an earlier apply put and the file no longer declares.") var prune = false
    @OptionGroup var options: CommonOptions

    func validate() throws {
        if files.isEmpty { throw ValidationError("Give at least one file: -f tenant.yaml.") }
    }

    func run() async throws {
        let session = Session(options)
        let declared = try ApplyFiles.read(files)
        let client = try session.client(try session.plan())
        let plan: Plan
        do {
            plan = try Plan(
                declared, live: try await LiveState.read(declared, client), catalog: .control,
                options: .init(updateSecrets: updateSecrets, prune: prune))
        } catch let error as RPCError {
            throw FailureText.failure(error, context: "reading what there is")
        }
        if plan.changes.isEmpty || dryRun { return show(plan, nil, session) }
        if !session.options.json { session.console.print(PlanText.lines(plan, session.console.output)) }
        // Each step has its key, so that one whose answer was lost can be asked again of a control plane that came back.
        var patient = client
        patient.patience = Self.patience
        patient.onWait = { session.console.progress("waiting for the control plane: \($0)") }
        let outcome = try await Applier(client: patient, session: session).apply(plan)
        show(plan, outcome, session)
        guard session.options.wait, let revision = outcome.revision else { return }
        do {
            try await session.waiter(patient).wait(for: revision)
        } catch let error as RPCError {
            throw FailureText.failure(error, context: "fleet.wait")
        }
    }

    private func show(_ plan: Plan, _ outcome: Applier.Outcome?, _ session: Session) {
        let console = session.console
        if session.options.json {
            var object: JSONObject = ["applied": .bool(outcome != nil), "steps": PlanText.json(plan)]
            object["revision"] = outcome?.revision.map(JSONValue.integer) ?? .null
            if let once = outcome?.shownOnce, !once.isEmpty {
                object["shownOnce"] = .object(JSONObject(members: once.map { ($0.name, .string($0.value)) }))
            }
            return console.print(raw: JSONOutput.text(.object(object), isTerminal: console.isTerminal))
        }
        guard let outcome else {
            if plan.changes.isEmpty {
                console.print(PlanText.lines(plan, console.output, only: [.note]))
                return console.print(["nothing to do: \(PlanText.counts(plan, isDone: true))"])
            }
            console.print(PlanText.lines(plan, console.output))
            return console.print(["", "nothing was changed (--dry-run): \(PlanText.counts(plan, isDone: false))"])
        }
        for (name, value) in outcome.shownOnce {
            // On a line of its own it is whole in a narrow terminal, and easily copied.
            console.print(["", "\(name): its secret, shown this once:", "  " + CleanText.line(value)])
        }
        for name in outcome.lostSecrets {
            console.warn(
                "\(name): its signing secret was lost with the connection; delete it and apply again for a new one")
        }
        let revision = outcome.revision.map { "; revision \($0)" } ?? ""
        console.print(["", PlanText.counts(plan, isDone: true) + revision])
    }
}

enum ApplyFiles {
    /// Every tenant that the files declare.
    static func read(_ files: [String]) throws(CtlFailure) -> [Declaration.Tenant] {
        var tenants: [Declaration.Tenant] = []
        for path in files {
            let paths =
                path != "-" && Files.isFolder(path) ? try Files.list(path, endings: ["yaml", "yml"]) : [path]
            guard !paths.isEmpty else { throw .config("\(path): holds no .yaml files") }
            for path in paths {
                let bytes =
                    try path == "-"
                    ? Files.standardInput(limit: YAMLLimits.maxBytes) : Files.read(path, limit: YAMLLimits.maxBytes)
                let text = try Files.text(bytes, name: path)
                tenants += try DeclarationReader.read(
                    text, file: path == "-" ? "standard input" : path, catalog: .control
                ) { (name: String) throws(CtlFailure) in try Files.read(name, limit: 2 << 20) }
            }
        }
        return try unique(tenants)
    }

    /// A tenant is declared in one place.
    static func unique(_ tenants: [Declaration.Tenant]) throws(CtlFailure) -> [Declaration.Tenant] {
        guard !tenants.isEmpty else { throw .config("the files declare nothing") }
        var places: [String: Declaration.Place] = [:]
        var faults: [String] = []
        func note(_ key: String, _ place: Declaration.Place) {
            if let other = places[key] {
                faults.append("\(place.line(at: "")): \(key) is declared in \(other.line(at: "")) already")
            }
            places[key] = place
        }
        for tenant in tenants {
            note("tenant \(tenant.id)", tenant.entity.place)
            // Ids are the platform's, not the tenant's.
            for child in tenant.children where child.kind.identity == .id {
                note("\(child.kind.noun) \(child.entity.id)", child.entity.place)
            }
            for document in tenant.documents { note("document \(document.id)", document.place) }
        }
        guard faults.isEmpty else { throw .config("the files declare something twice", details: faults) }
        return tenants
    }
}
