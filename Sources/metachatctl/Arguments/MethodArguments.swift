import JSONCoding
import JSONRPC

/// What a command line says to a method; files and standard input are not read yet.
struct MethodArguments: Sendable, Equatable {
    var params: JSONObject = [:]
    var reads: [PendingRead] = []
    /// Words for the options that every command has.
    var common: [String] = []
    /// Follow the cursors.
    var all = false

    /// - Parameters:
    ///   - words: what follows the verb.
    ///   - tenant: the profile's, for methods that need one and are given none.
    /// - Throws: ``CtlFailure`` with the status ``CtlStatus/usage``.
    static func parse(
        _ words: [String], for command: MethodCommand, tenant: String? = nil
    ) throws(CtlFailure) -> MethodArguments {
        var parser = MethodArgumentParser(command: command)
        try parser.read(words)
        return try parser.finish(tenant: tenant)
    }
}

/// Reads words one after the other.
struct MethodArgumentParser {
    let command: MethodCommand
    var result = MethodArguments()
    private var loose: [String] = []

    init(command: MethodCommand) { self.command = command }

    mutating func read(_ words: [String]) throws(CtlFailure) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                loose += rest
                return
            }
            guard word.hasPrefix("-"), word != "-" else {
                loose.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            try read(flag: parts[0], attached: parts.count > 1 ? parts[1] : nil, &rest)
        }
    }

    private mutating func read(
        flag: String, attached: String?, _ rest: inout ArraySlice<String>
    ) throws(CtlFailure) {
        let name = String(flag.drop { $0 == "-" })
        func value() throws(CtlFailure) -> String {
            if let attached { return attached }
            guard let next = rest.popFirst() else { throw fault("\(flag) needs a value") }
            return next
        }
        // A method's own params come before the options that every command has.
        if flag.hasPrefix("--") {
            if let param = command.param(flag: name) {
                if param.isBoolean {
                    let text = attached ?? (rest.first.flatMap { ["true", "false"].contains($0) ? $0 : nil })
                    if attached == nil, text != nil { rest.removeFirst() }
                    return try set(param, text ?? "true", flag)
                }
                if param.role != .plain { throw refusal(of: param) }
                return try set(param, try value(), flag)
            }
            if name.hasPrefix("no-"), let param = command.param(flag: String(name.dropFirst(3))), param.isBoolean {
                return try set(param, "false", flag)
            }
            if let param = command.params.first(where: { $0.role == .secretMap && $0.referenceFlag == flag }) {
                return try secret(try value(), param)
            }
            switch name {
            case "set": return try assign(try value())
            case "unset": return try put(.null, at: path(try value(), flag))
            case "json-param": return try assignJSON(try value())
            case "stdin": return try payload(.standardInput, flag)
            case "file": return try payload(.file(try value()), flag)
            case "env" where command.payload?.role == .secret: return try payload(.environment(try value()), flag)
            case "all" where command.isPaged:
                result.all = true
                return
            default: break
            }
        }
        guard let takesValue = CommonFlag.takesValue(flag) else { throw unknown(flag) }
        result.common.append(flag)
        if takesValue { result.common.append(try value()) }
    }

    // MARK: Values

    private mutating func set(_ param: Param, _ text: String, _ flag: String) throws(CtlFailure) {
        if param.isArray, !text.hasPrefix("[") {
            let kinds = param.schema.isEmpty ? [] : elementKinds(of: param.schema)
            return try put(
                try value(text, flag) { () throws(ValueReading.Fault) in try ValueReading.scalar(text, kinds: kinds) },
                at: [param.name], true)
        }
        if !param.isScalar, text.hasPrefix("@") {
            let read = PendingRead(path: [param.name], source: .file(String(text.dropFirst())), form: .json)
            return result.reads.append(read)
        }
        try put(
            try value(text, flag) { () throws(ValueReading.Fault) in try ValueReading.value(text, for: param) },
            at: [param.name])
    }

    private func value(
        _ text: String, _ flag: String, _ read: () throws(ValueReading.Fault) -> JSONValue
    ) throws(CtlFailure) -> JSONValue {
        do {
            return try read()
        } catch {
            throw fault("\(flag): \(error.message)")
        }
    }

    private func elementKinds(of schema: JSONObject) -> Set<SchemaShape.Kind> {
        command.shape.elements(of: schema).reduce(into: []) { $0.formUnion(command.shape.kinds($1)) }
    }

    /// `path=value`, the path's steps separated by dots.
    private mutating func assign(_ text: String) throws(CtlFailure) {
        let (path, text) = try pair(text, "--set", "PATH=VALUE, such as config.graphVersion=v26.0")
        guard let param = command.param(path[0]) else { throw unknownParam(path[0]) }
        if param.role != .plain { throw refusal(of: param) }
        let below = path.dropFirst()
        guard below.isEmpty || !param.isScalar else { throw fault("--set: \(param.name) has no members") }
        let kinds = command.shape.kinds(at: below, in: param.schema)
        let flag = "--set " + path.joined(separator: ".")
        if kinds.subtracting([.null]) == [.array], text != "null", !text.hasPrefix("[") {
            let elements = command.shape.schemas(at: below, in: param.schema)
                .flatMap { command.shape.elements(of: $0) }.map { command.shape.kinds($0) }
            let kinds = elements.contains([]) ? [] : elements.reduce(into: Set()) { $0.formUnion($1) }
            return try put(
                try value(text, flag) { () throws(ValueReading.Fault) in try ValueReading.scalar(text, kinds: kinds) },
                at: path, true)
        }
        try put(
            try value(text, flag) { () throws(ValueReading.Fault) in try ValueReading.assigned(text, kinds: kinds) },
            at: path)
    }

    private mutating func assignJSON(_ text: String) throws(CtlFailure) {
        let (path, text) = try pair(text, "--json-param", "NAME=JSON")
        guard let param = command.param(path[0]) else { throw unknownParam(path[0]) }
        if param.role != .plain { throw refusal(of: param) }
        if text.hasPrefix("@") {
            result.reads.append(PendingRead(path: path, source: .file(String(text.dropFirst())), form: .json))
        } else {
            try put(
                try value(text, "--json-param " + path[0]) { () throws(ValueReading.Fault) in
                    try ValueReading.json(text)
                }, at: path)
        }
    }

    private func pair(
        _ text: String, _ flag: String, _ form: String
    ) throws(CtlFailure) -> (path: [String], value: String) {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
            throw fault("\(flag) takes \(form)")
        }
        return (try path(String(text[..<equals]), flag), String(text[text.index(after: equals)...]))
    }

    private func path(_ text: String, _ flag: String) throws(CtlFailure) -> [String] {
        let path = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !path.contains(""), path.count <= 32 else {
            throw fault("\(flag): \(text) is no path such as config.name")
        }
        guard command.param(path[0]) != nil else { throw unknownParam(path[0]) }
        return path
    }

    private mutating func put(_ value: JSONValue, at path: [String], _ appending: Bool = false) throws(CtlFailure) {
        guard result.params.set(value, at: path[...], appending: appending) else {
            throw fault("\(path.joined(separator: ".")) lies inside what was given as a plain value")
        }
    }

    // MARK: Secrets and files

    private mutating func secret(_ text: String, _ param: Param) throws(CtlFailure) {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
            throw fault("\(param.referenceFlag) takes NAME=env:VARIABLE, NAME=file:PATH or NAME=stdin")
        }
        let name = String(text[..<equals])
        guard let source = Source(reference: String(text[text.index(after: equals)...])) else {
            throw fault(
                "\(param.referenceFlag) \(name)=… takes env:VARIABLE, file:PATH or stdin, not the value itself",
                hint: SecretAdvice.why)
        }
        result.reads.append(PendingRead(path: [param.name, name], source: source, form: .secret))
    }

    private mutating func payload(_ source: Source, _ flag: String) throws(CtlFailure) {
        guard let param = command.payload else { throw unknown(flag) }
        var form = PendingRead.Form.text
        var name = param.name
        if param.role == .secret {
            form = .secret
        } else if case .file(let path) = source {
            derive(from: path)
            if FileKind.isBinary(path), command.param("contentBase64") != nil {
                form = .base64
                name = "contentBase64"
            }
        }
        result.reads.append(PendingRead(path: [name], source: source, form: form))
    }

    /// A document's type and title follow from its file when they are not given.
    private mutating func derive(from path: String) {
        if let param = command.param("mimeType"), result.params["mimeType"] == nil,
            let type = FileKind.mimeType(path), param.values.contains(type)
        {
            result.params["mimeType"] = .string(type)
            derived.insert("mimeType")
        }
        if command.param("title") != nil, result.params["title"] == nil {
            result.params["title"] = .string(FileKind.stem(path))
            derived.insert("title")
        }
    }

    private var derived: Set<String> = []

    // MARK: End

    func finish(tenant: String?) throws(CtlFailure) -> MethodArguments {
        var parser = self
        try parser.placeLoose(tenant: tenant)
        return parser.result
    }

    private mutating func placeLoose(tenant: String?) throws(CtlFailure) {
        let given = Set(result.reads.map { $0.path[0] })
        // What follows from a file may still be said in words, at its place.
        var open = command.positionals.filter {
            (result.params[$0.name] == nil || derived.contains($0.name)) && !given.contains($0.name)
        }
        let needed = open.filter { !derived.contains($0.name) }
        if let tenant, let place = open.firstIndex(where: { $0.name == "tenantId" }), loose.count < needed.count {
            result.params["tenantId"] = .string(tenant)
            open.remove(at: place)
        }
        if loose.count <= open.filter({ !derived.contains($0.name) }).count {
            open.removeAll { derived.contains($0.name) }
        }
        guard loose.count <= open.count else {
            let names = command.positionals.map { $0.flag.uppercased() }.joined(separator: " ")
            throw fault(
                "\(loose[open.count]) is one word too many",
                hint: names.isEmpty
                    ? "\(command.noun) \(command.verb) takes flags only."
                    : "\(command.noun) \(command.verb) takes \(names) and flags.")
        }
        for (param, text) in zip(open, loose) {
            try put(
                try value(text, param.flag.uppercased()) { () throws(ValueReading.Fault) in
                    try ValueReading.value(text, for: param)
                }, at: [param.name])
        }
        let named = given.union(result.params.keys)
        let absent = command.params.filter { $0.isRequired && !named.contains($0.name) }
        guard absent.isEmpty else { throw missing(absent) }
    }
}
