/// Where a command line leads.
enum Route: Sendable {
    case help([String])
    case version
    /// The noun alone: its verbs.
    case noun(Catalog.Noun)
    /// The words after the verb, with options that stood before the noun apart: those are never a method's own.
    case method(MethodCommand, words: [String], leading: [String])
    /// `call`, `apply`, `profile`, `completions`: argument-parser's.
    case program([String])
    /// Candidates for a word that is being typed.
    case complete([String])

    static let programs = ["call", "apply", "profile", "completions"]

    /// - Throws: ``CtlFailure`` with the status ``CtlStatus/usage``.
    init(_ arguments: [String], catalog: Catalog) throws(CtlFailure) {
        if arguments.first == "__complete" {
            self = .complete(Array(arguments.dropFirst()))
            return
        }
        var rest = arguments[...]
        var leading: [String] = []
        while let word = rest.first, word.hasPrefix("-") {
            rest.removeFirst()
            if ["-h", "--help"].contains(word) {
                self = .help([])
                return
            }
            if word == "--version" {
                self = .version
                return
            }
            if word == "--generate-completion-script" {
                self = .program(["completions"] + rest)
                return
            }
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard let takesValue = CommonFlag.takesValue(parts[0]) else {
                throw .usage("\(word) is not known here", hint: "See metachatctl --help.")
            }
            leading += parts
            if takesValue, parts.count == 1 {
                guard let value = rest.popFirst() else { throw .usage("\(word) needs a value") }
                leading.append(value)
            }
        }
        guard let word = rest.popFirst() else {
            self = .help([])
            return
        }
        try self.init(word: word, rest: Array(rest), leading: leading, catalog: catalog)
    }

    private init(word: String, rest: [String], leading: [String], catalog: Catalog) throws(CtlFailure) {
        if word == "help" {
            self = .help(rest)
        } else if Self.programs.contains(word) {
            // A subcommand of two words, `profile list`, takes its options after both.
            let words = rest.prefix { !$0.hasPrefix("-") && word == "profile" }.prefix(1)
            self = .program([word] + words + leading + rest.dropFirst(words.count))
        } else if let noun = catalog.noun(word) {
            let helps = ["-h", "--help"]
            guard let verb = rest.first, !helps.contains(verb), verb != "help" else {
                self = .noun(noun)
                return
            }
            guard let command = noun.commands.first(where: { $0.verb == verb || $0.verb == Words.kebab(verb) }) else {
                let verbs = noun.commands.map(\.verb)
                let guess = Words.nearest(to: verb, among: verbs).map { "Did you mean \($0)? " } ?? ""
                throw .usage(
                    "\(noun.name) has no verb \(verb)", hint: guess + "It has " + verbs.joined(separator: ", ") + ".")
            }
            let words = Array(rest.dropFirst())
            self =
                words.prefix { $0 != "--" }.contains(where: helps.contains)
                ? .help([noun.name, command.verb]) : .method(command, words: words, leading: leading)
        } else {
            let names = catalog.nouns.map(\.name) + Self.programs
            let guess = Words.nearest(to: word, among: names).map { "Did you mean \($0)? " } ?? ""
            throw .usage("there is no command \(word)", hint: guess + "See metachatctl --help.")
        }
    }
}
