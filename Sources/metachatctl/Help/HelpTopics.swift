import ControlAPI
import JSONRPC

/// Help pages by topic.
enum HelpTopics {
    /// - Parameter topic: nothing, a noun, a noun and a verb, or one of the other commands.
    static func text(_ topic: [String]) throws -> String {
        guard let first = topic.first else { return RootHelp.text(.control) }
        if Route.programs.contains(first) {
            return MetaChatCtl.helpText(first)
        }
        switch try Route(topic, catalog: .control) {
        case .noun(let noun): return NounHelp.text(noun)
        case .method(let command, _, _): return MethodHelp.text(command)
        case .help(let inner) where inner.count == 2:
            guard let noun = Catalog.control.noun(inner[0]),
                let command = noun.commands.first(where: { $0.verb == inner[1] })
            else { return RootHelp.text(.control) }
            return MethodHelp.text(command)
        default: return RootHelp.text(.control)
        }
    }
}

enum NounHelp {
    static func text(_ noun: Catalog.Noun) -> String {
        var lines = ["USAGE: metachatctl \(noun.name) <verb> [options]", "", "VERBS:"]
        lines += HelpLines.rows(noun.commands.map { ($0.verb, $0.info.summary) }, column: 14)
        lines += ["", "metachatctl \(noun.name) <verb> --help shows a verb's options."]
        return lines.joined(separator: "\n") + "\n"
    }
}

enum RootHelp {
    static func text(_ catalog: Catalog) -> String {
        var lines = [
            "Administer MetaChat: everything the control plane's JSON-RPC offers.", "",
            "USAGE: metachatctl <noun> <verb> [arguments] [options]",
            "       metachatctl call <method> [JSON | key=value …]", "       metachatctl apply -f <file> …", "",
            "NOUNS AND VERBS:",
        ]
        lines += HelpLines.rows(
            catalog.nouns.map { ($0.name, $0.commands.map(\.verb).joined(separator: " ")) }, column: 18)
        lines += ["", "OTHER COMMANDS:"]
        lines += HelpLines.rows(
            [
                ("apply", "Make tenants, channels, documents be as files declare them."),
                ("call", "Call any method by its name."),
                ("profile", "List, make and choose profiles: which control plane, which token."),
                ("completions", "Print a completion script for bash, zsh or fish."),
            ], column: 18)
        lines += ["", "OPTIONS OF EVERY COMMAND:"]
        lines += HelpLines.rows(CommonFlag.all.map { ($0.name + ($0.value.map { " <\($0)>" } ?? ""), $0.help) })
        lines += ["", "ENVIRONMENT:"]
        lines += HelpLines.rows(
            [
                ("METACHAT_CONTROL_URL", "The control plane; several, separated by commas."),
                ("METACHAT_ADMIN_TOKEN", "The bearer token."),
                ("METACHAT_CA_FILE", "PEM file of certificate authorities to trust, beside the system's."),
                ("METACHATCTL_PROFILE", "The profile to use."),
                ("METACHATCTL_CONFIG", "The config file (default ~/.config/metachat/ctl.yaml)."),
                ("NO_COLOR", "No colour when it is not empty."),
            ])
        lines += ["", "EXIT CODES:"]
        lines += HelpLines.rows(CtlStatus.allCases.map { ("\($0.rawValue)", $0.meaning) }, column: 6)
        lines += [
            "", "metachatctl <noun> <verb> --help shows a verb's options. Options before the noun",
            "are never the verb's own: metachatctl --url URL webhook create --url URL.",
        ]
        return lines.joined(separator: "\n") + "\n"
    }
}
