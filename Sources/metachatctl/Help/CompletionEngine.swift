import ControlAPI
import JSONRPC

/// What a word that is being typed may become. The shells' scripts ask for it, so that they know every method of the
/// program they belong to.
struct CompletionEngine: Sendable {
    struct Candidate: Sendable, Hashable {
        var word: String
        var text = ""
    }

    let catalog: Catalog

    /// One candidate a line, with its description behind a tab.
    ///
    /// - Parameter words: the words after the program's name, the last one unfinished.
    func text(_ words: [String]) -> String {
        candidates(words).map { $0.text.isEmpty ? $0.word : "\($0.word)\t\($0.text)" }.map { $0 + "\n" }.joined()
    }

    func candidates(_ words: [String]) -> [Candidate] {
        let word = words.last ?? ""
        return all(Array(words.dropLast()), word).filter { $0.word.hasPrefix(word) && $0.word != word }
    }

    private func all(_ before: [String], _ word: String) -> [Candidate] {
        var plain: [String] = []
        var index = before.startIndex
        while index < before.endIndex {
            if CommonFlag.takesValue(before[index]) == true, plain.count < 2 {
                index += 1
            } else {
                plain.append(before[index])
            }
            index += 1
        }
        plain = Array(plain.drop { $0.hasPrefix("-") })
        guard let first = plain.first else {
            return word.hasPrefix("-") ? common + [Candidate(word: "--help"), Candidate(word: "--version")] : start
        }
        if first == "help" { return all(Array(plain.dropFirst()), word) }
        if Route.programs.contains(first) { return program(first, plain, word) }
        guard let noun = catalog.noun(first) else { return [] }
        guard plain.count > 1, let command = noun.commands.first(where: { $0.verb == plain[1] }) else {
            return plain.count == 1 ? noun.commands.map { Candidate(word: $0.verb, text: $0.info.summary) } : []
        }
        return method(command, previous: plain.count > 2 ? plain.last : nil, word)
    }

    private var start: [Candidate] {
        catalog.nouns.map { noun in
            Candidate(word: noun.name, text: noun.commands.map(\.verb).joined(separator: " "))
        } + Route.programs.map { Candidate(word: $0) } + [Candidate(word: "help")]
    }

    private var common: [Candidate] { CommonFlag.all.map { Candidate(word: $0.name, text: $0.help) } }

    private func method(_ command: MethodCommand, previous: String?, _ word: String) -> [Candidate] {
        let flags = MethodHelp.flags(of: command)
        if let previous, let flag = flags.first(where: { $0.name == previous }), flag.value != nil {
            if flag.name == "--set" { return paths(command) }
            return flag.choices.map { Candidate(word: $0) }
        }
        if word.hasPrefix("--"), let equals = word.firstIndex(of: "=") {
            let name = String(word[..<equals])
            return flags.first { $0.name == name }?.choices.map { Candidate(word: "\(name)=\($0)") } ?? []
        }
        if let previous, CommonFlag.takesValue(previous) == true { return [] }
        if word.hasPrefix("-") {
            return flags.map { Candidate(word: $0.name, text: $0.text) } + common + [Candidate(word: "--help")]
        }
        return command.positionals.flatMap { $0.values.map { Candidate(word: $0) } }
    }

    /// `config.graphVersion=` and its like.
    private func paths(_ command: MethodCommand) -> [Candidate] {
        command.params.filter { $0.role == .plain && !$0.isScalar }.flatMap { param in
            command.shape.memberNames(of: param.schema).map { Candidate(word: "\(param.name).\($0)=") }
        }
    }

    private func program(_ name: String, _ plain: [String], _ word: String) -> [Candidate] {
        switch name {
        case "call" where plain.count == 1 && !word.hasPrefix("-"):
            return catalog.commands.map { Candidate(word: $0.name, text: $0.info.summary) }
        case "profile" where plain.count == 1:
            return ["list", "set", "use", "remove"].map { Candidate(word: $0) }
        case "completions": return ["bash", "zsh", "fish"].map { Candidate(word: $0) }
        case "apply" where word.hasPrefix("-"):
            let own = ["--file", "--dry-run", "--update-secrets", "--prune", "--yes", "--tenant"]
            return own.map { Candidate(word: $0) } + common
        case "profile" where plain.dropFirst().first == "set" && word.hasPrefix("-"):
            return ["--url", "--token-file", "--token-env", "--token-stdin", "--tenant", "--ca-file"].map {
                Candidate(word: $0)
            }
        default: return word.hasPrefix("-") ? common + [Candidate(word: "--help")] : []
        }
    }
}
