import JSONCoding

extension ProfileFile {
    /// - Throws: ``CtlFailure`` with the status ``CtlStatus/config`` that names file, line and path.
    init(yaml text: String, file: String) throws(CtlFailure) {
        let documents = try YAMLTree.documents(text, file: file)
        guard documents.count <= 1 else { throw .config("\(file): holds more than one YAML document") }
        guard let root = documents.first, !root.isNull else { return }
        var faults = YAMLFaults(file: file)
        let map = faults.map(root, at: "", known: ["current", "profiles"])
        current = map["current"].flatMap { faults.string($0, at: "current") }
        if let node = map["profiles"] {
            for (name, value) in faults.entries(node, at: "profiles") {
                let path = "profiles." + name
                if !Self.isName(name) {
                    faults.add(value, path, "a profile's name consists of 1 to 64 of A-Z, a-z, 0-9, . _ and -")
                }
                let members = faults.map(
                    value, at: path, known: ["url", "token", "tokenFile", "tokenEnv", "tenant", "caFile"])
                func text(_ key: String) -> String? { members[key].flatMap { faults.string($0, at: path + "." + key) } }
                var profile = Profile(url: text("url"), tenant: text("tenant"), caFile: text("caFile"))
                let tokens: [Profile.Token] = [
                    text("token").map { .text($0) }, text("tokenFile").map { .file($0) },
                    text("tokenEnv").map { .environment($0) },
                ].compactMap { $0 }
                if tokens.count > 1 { faults.add(value, path, "takes one of token, tokenFile and tokenEnv") }
                if let url = profile.url, !Connection.isURL(url), let node = members["url"] {
                    faults.add(node, path + ".url", "must be an http:// or https:// URL")
                }
                profile.token = tokens.first
                profiles.append((name, profile))
            }
        }
        if let current, self[current] == nil, let node = map["current"] {
            faults.add(node, "current", "names a profile that is not there")
        }
        try faults.throwIfAny("the config file is not in order")
    }

    /// The file's text; comments of a file that was written by hand are lost.
    var yaml: String {
        var text = "# Profiles of metachatctl; see metachatctl profile --help.\n"
        if let current { text += "current: \(Self.quoted(current))\n" }
        text += profiles.isEmpty ? "profiles: {}\n" : "profiles:\n"
        for (name, profile) in profiles {
            var members: [(String, String)] = []
            if let url = profile.url { members.append(("url", url)) }
            switch profile.token {
            case .text(let token)?: members.append(("token", token))
            case .file(let path)?: members.append(("tokenFile", path))
            case .environment(let name)?: members.append(("tokenEnv", name))
            case nil: break
            }
            if let tenant = profile.tenant { members.append(("tenant", tenant)) }
            if let path = profile.caFile { members.append(("caFile", path)) }
            text += "  \(Self.quoted(name)):" + (members.isEmpty ? " {}\n" : "\n")
            for (key, value) in members { text += "    \(key): \(Self.quoted(value))\n" }
        }
        return text
    }

    /// JSON's quotes are YAML's too.
    private static func quoted(_ text: String) -> String { JSONValue.string(text).text }
}
