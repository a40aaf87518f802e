import ControlAPI
import JSONCoding
import JSONRPC

/// A method's own flags with their words, and its help page.
enum MethodHelp {
    struct Flag: Sendable, Hashable {
        /// With dashes.
        var name: String
        /// The word for its value; nil for a flag alone.
        var value: String?
        var text: String
        /// Values to choose from.
        var choices: [String] = []
    }

    static func flags(of command: MethodCommand) -> [Flag] {
        var flags: [Flag] = []
        for param in command.params {
            let summary = param.summary ?? ""
            switch param.role {
            case .secret: continue
            case .secretMap:
                flags.append(
                    Flag(
                        name: param.referenceFlag, value: "NAME=env:VAR",
                        text: "A secret by reference: NAME=env:VARIABLE, NAME=file:PATH, NAME=stdin. Repeatable."))
            case .plain where param.isBoolean:
                flags.append(Flag(name: "--" + param.flag, value: nil, text: summary))
                flags.append(Flag(name: "--no-" + param.flag, value: nil, text: "The opposite."))
            case .plain:
                var text = [summary, choices(param), fallback(param)].filter { !$0.isEmpty }.joined(separator: " ")
                if param.isArray { text += text.isEmpty ? "Repeatable." : " Repeatable." }
                if param.isRequired, param.isScalar == false { text += text.isEmpty ? "Required." : " Required." }
                flags.append(
                    Flag(name: "--" + param.flag, value: word(param), text: text, choices: param.values))
                if let alias = param.alias {
                    flags.append(Flag(name: "--" + alias, value: word(param), text: "The same."))
                }
            }
        }
        return flags + general(command)
    }

    private static func general(_ command: MethodCommand) -> [Flag] {
        var flags: [Flag] = []
        if let payload = command.payload {
            let what = payload.role == .secret ? "the value" : "the \(payload.name)"
            flags.append(Flag(name: "--file", value: "PATH", text: "Read \(what) from a file."))
            flags.append(Flag(name: "--stdin", value: nil, text: "Read \(what) from standard input."))
            if payload.role == .secret {
                flags.append(Flag(name: "--env", value: "VARIABLE", text: "Read \(what) from the environment."))
            }
        }
        if command.params.contains(where: { !$0.isScalar && $0.role == .plain }) {
            flags.append(
                Flag(name: "--set", value: "PATH=VALUE", text: "Set one member; null removes it. Repeatable."))
        }
        if command.params.contains(where: { !$0.isRequired && $0.role == .plain }) {
            flags.append(Flag(name: "--unset", value: "PATH", text: "Give null for a member."))
            flags.append(
                Flag(name: "--json-param", value: "NAME=JSON", text: "A param as JSON, or from a file: @PATH."))
        }
        if command.isPaged { flags.append(Flag(name: "--all", value: nil, text: "Follow the cursors to the end.")) }
        return flags
    }

    static func text(_ command: MethodCommand) -> String {
        var usage = "metachatctl \(command.noun) \(command.verb)"
        for param in command.positionals { usage += " <\(param.flag)>" }
        if let payload = command.payload, payload.isRequired { usage += " --stdin|--file PATH" }
        usage += " [options]"
        var lines = [command.info.summary]
        if let details = command.info.details { lines += [""] + Render.wrapped(details, to: 78) }
        let wrapped = Render.wrapped("USAGE: " + usage, to: 80)
        lines += [""] + wrapped.prefix(1) + wrapped.dropFirst().map { "       " + $0 } + ["", "OPTIONS:"]
        lines += HelpLines.rows(
            flags(of: command).map { (($0.value.map { " <\($0)>" } ?? "").prefixed($0.name), $0.text) })
        lines += ["", "OPTIONS OF EVERY COMMAND:"]
        lines += HelpLines.rows(CommonFlag.all.map { (($0.value.map { " <\($0)>" } ?? "").prefixed($0.name), $0.help) })
        lines += ["", "EXAMPLE:"] + exampleLines(command)
        let roles = command.info.extensions["x-roles"]?.array?.compactMap(\.string) ?? []
        if !roles.isEmpty {
            lines += ["", "Roles: " + roles.joined(separator: ", ") + ". Method: " + command.name + "."]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Broken for 80 columns as a shell takes it.
    private static func exampleLines(_ command: MethodCommand) -> [String] {
        var lines: [String] = []
        var line = " "
        for word in exampleWords(command).map(quoted) {
            if line.count + word.count + 3 > 80, line.count > 8 {
                lines.append(line + " \\")
                line = "     "
            }
            line += " " + word
        }
        return lines + [line]
    }

    /// The method's own example as a command line.
    static func example(_ command: MethodCommand) -> String { exampleWords(command).map(quoted).joined(separator: " ") }

    /// Its words, as a shell gives them on.
    static func exampleWords(_ command: MethodCommand) -> [String] {
        var words = ["metachatctl", command.noun, command.verb]
        let params = command.info.example.params
        for param in command.positionals { if let value = params[param.name] { words.append(plain(value)) } }
        for param in command.params where !command.positionals.contains(where: { $0.name == param.name }) {
            guard let value = params[param.name] else { continue }
            switch param.role {
            case .secret: words.append("--stdin")
            case .secretMap:
                for name in value.object?.keys ?? [] {
                    words += [
                        param.referenceFlag, "\(name)=env:\(Words.kebab(name).replacing("-", with: "_").uppercased())",
                    ]
                }
            case .plain where param.isBoolean: words.append((value.bool == false ? "--no-" : "--") + param.flag)
            case .plain where command.payload?.name == param.name: words += ["--file", "text.md"]
            case .plain: words += assignments(value, param, command)
            }
        }
        return words
    }

    private static func assignments(_ value: JSONValue, _ param: Param, _ command: MethodCommand) -> [String] {
        switch value {
        case .object(let object) where !object.isEmpty && !object.keys.contains { $0.isEmpty || $0.contains(".") }:
            object.members.flatMap { key, inner in
                let kinds = command.shape.kinds(at: [key], in: param.schema)
                return ["--set", "\(param.name).\(key)=\(word(inner, kinds))"]
            }
        case .array(let elements) where !elements.isEmpty && elements.allSatisfy { $0.string != nil }:
            elements.flatMap { ["--" + param.flag, plain($0)] }
        default: ["--" + param.flag, plain(value)]
        }
    }

    /// As `--set` reads it back.
    private static func word(_ value: JSONValue, _ kinds: Set<SchemaShape.Kind>) -> String {
        guard let text = value.string else { return value.text }
        do {
            return try ValueReading.assigned(text, kinds: kinds) == value ? text : value.text
        } catch {
            return value.text
        }
    }

    private static func plain(_ value: JSONValue) -> String { value.string ?? value.text }

    private static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || "-_./:=@,+".utf8.contains($0)
        }
        return isPlain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }

    private static func word(_ param: Param) -> String {
        let kinds = param.kinds.subtracting([.null])
        if kinds == [.integer] || kinds == [.number] { return "NUMBER" }
        if !param.values.isEmpty { return "CHOICE" }
        if param.isScalar { return "TEXT" }
        return param.isArray ? "VALUE" : "JSON|@PATH"
    }

    private static func choices(_ param: Param) -> String {
        param.values.isEmpty ? "" : "One of " + param.values.joined(separator: ", ") + "."
    }

    private static func fallback(_ param: Param) -> String {
        param.schema["default"].map { "Default \($0.string ?? $0.text)." } ?? ""
    }
}

extension String {
    fileprivate func prefixed(_ text: String) -> String { text + self }
}

/// Two columns of help.
enum HelpLines {
    static func rows(_ rows: [(String, String)], column: Int = 26, width: Int = 79) -> [String] {
        rows.flatMap { name, text -> [String] in
            let wrapped = Render.wrapped(text, to: width - column - 2)
            let margin = String(repeating: " ", count: column + 2)
            if text.isEmpty { return ["  " + name] }
            if name.count + 2 > column { return ["  " + name] + wrapped.map { margin + $0 } }
            return ["  " + TextWidth.padded(name, to: column) + wrapped[0]] + wrapped.dropFirst().map { margin + $0 }
        }
    }
}
