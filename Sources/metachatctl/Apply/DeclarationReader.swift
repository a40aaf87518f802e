import JSONCoding

/// Reads declarations out of YAML. Unknown members are faults; every fault names file, line and path.
struct DeclarationReader {
    let catalog: Catalog
    let kinds: [EntityKind]
    /// Reads a file that a document's content comes from.
    let content: (String) throws(CtlFailure) -> [UInt8]
    private var faults: YAMLFaults
    private let file: String

    /// - Parameter file: its name; what it names itself lies beside it.
    init(catalog: Catalog, file: String, content: @escaping (String) throws(CtlFailure) -> [UInt8]) {
        self.catalog = catalog
        self.file = file
        self.content = content
        kinds = EntityKind.all(catalog)
        faults = YAMLFaults(file: file)
    }

    static func read(
        _ text: String, file: String, catalog: Catalog, content: @escaping (String) throws(CtlFailure) -> [UInt8]
    ) throws(CtlFailure) -> [Declaration.Tenant] {
        var reader = DeclarationReader(catalog: catalog, file: file, content: content)
        let roots = try YAMLTree.documents(text, file: file)
        var tenants: [Declaration.Tenant] = []
        for root in roots where !root.isNull {
            if let tenant = reader.tenant(root) { tenants.append(tenant) }
        }
        try reader.faults.throwIfAny("\(file) is not in order; nothing was changed")
        return tenants
    }

    private mutating func tenant(_ root: YAMLTree) -> Declaration.Tenant? {
        guard let create = catalog.command(method: "tenant.create") else { return nil }
        let params = create.params.filter { !EntityKind.implied.contains($0.name) }
        let known = ["tenant", "secrets", "documents"] + params.map(\.name) + kinds.map(\.section)
        let map = faults.map(root, at: "", known: known)
        guard let node = map["tenant"] else {
            if root.members != nil { faults.add(root, "tenant", "is missing: the tenant's id") }
            return nil
        }
        guard let id = identifier(node, "tenant") else { return nil }
        var tenant = Declaration.Tenant(
            entity: entity(id, map, params, create, root, at: ""))
        if let secrets = map["secrets"] { tenant.entity.secrets = self.secrets(secrets, at: "secrets") }
        for kind in kinds {
            guard let section = map[kind.section] else { continue }
            tenant.sections.insert(kind.section)
            for (name, value) in faults.entries(section, at: kind.section) {
                if let child = child(kind, name, value) { tenant.children.append(child) }
            }
        }
        if let section = map["documents"] {
            tenant.sections.insert("documents")
            for (name, value) in faults.entries(section, at: "documents") {
                if let document = document(name, value) { tenant.documents.append(document) }
            }
        }
        return tenant
    }

    private mutating func child(_ kind: EntityKind, _ name: String, _ node: YAMLTree) -> Declaration.Child? {
        let path = kind.section + "." + name
        if kind.identity == .id, !Self.isIdentifier(name) {
            faults.add(node, path, "an id consists of 1 to 64 of A-Z, a-z, 0-9, _ and -")
        }
        let known = kind.members.map(\.name) + kind.references.map(\.name)
        let map = faults.map(node, at: path, known: known)
        var entity = entity(name, map, kind.members, kind.create, node, at: path)
        for param in kind.references {
            guard let node = map[param.name] else { continue }
            entity.secrets += secrets(node, at: path + "." + param.name).map { secret in
                var secret = secret
                secret.group = param.name
                return secret
            }
        }
        if case .member(let member) = kind.identity, entity.members[member] == nil {
            faults.add(node, path + "." + member, "is missing")
        }
        return Declaration.Child(kind: kind, entity: entity)
    }

    private mutating func entity(
        _ id: String, _ map: [String: YAMLTree], _ params: [Param], _ command: MethodCommand, _ node: YAMLTree,
        at path: String
    ) -> Declaration.Entity {
        var members: JSONObject = [:]
        for param in params {
            guard let value = map[param.name] else { continue }
            let json = value.json(command.shape, [param.schema])
            var check = SchemaCheck(shape: command.shape)
            check.check(json, param.schema, at: "/" + param.name, patch: true)
            for fault in check.faults {
                let words = FailureText.words(ofPointer: fault.path)
                faults.add(
                    line: node.line(at: fault.path), path.isEmpty ? words : path + "." + words, fault.message)
            }
            members[param.name] = json
        }
        return Declaration.Entity(
            id: id, members: members, place: Declaration.Place(file: file, node: node))
    }

    // MARK: Secrets

    private mutating func secrets(_ node: YAMLTree, at path: String) -> [Declaration.Secret] {
        faults.entries(node, at: path).compactMap { secret($0.key, $0.value, at: path + "." + $0.key) }
    }

    private mutating func secret(_ name: String, _ node: YAMLTree, at path: String) -> Declaration.Secret? {
        guard node.members != nil else {
            faults.add(
                node, path, "names where the value is, {fromEnv: VARIABLE} or {fromFile: path}; it does not hold it")
            return nil
        }
        let map = faults.map(node, at: path, known: ["fromEnv", "fromFile", "graceSeconds"])
        let variable = map["fromEnv"].flatMap { faults.string($0, at: path + ".fromEnv") }
        let file = map["fromFile"].flatMap { faults.string($0, at: path + ".fromFile") }
        let grace = map["graceSeconds"].flatMap { faults.integer($0, at: path + ".graceSeconds") }
        switch (variable, file) {
        case (let variable?, nil):
            return Declaration.Secret(name: name, source: .environment(variable), graceSeconds: grace)
        case (nil, let file?):
            return Declaration.Secret(name: name, source: .file(beside(file)), graceSeconds: grace)
        default:
            faults.add(node, path, "takes one of fromEnv and fromFile")
            return nil
        }
    }

    // MARK: Documents

    private mutating func document(_ id: String, _ node: YAMLTree) -> Declaration.Document? {
        let path = "documents." + id
        if !Self.isIdentifier(id) { faults.add(node, path, "an id consists of 1 to 64 of A-Z, a-z, 0-9, _ and -") }
        let map = faults.map(node, at: path, known: ["title", "mimeType", "metadata", "content", "file"])
        var content: [UInt8]?
        let name = map["file"].flatMap { faults.string($0, at: path + ".file") }
        switch (map["content"], name) {
        case (let inline?, nil): content = faults.string(inline, at: path + ".content").map { Array($0.utf8) }
        case (nil, let name?):
            do {
                content = try self.content(beside(name))
            } catch {
                faults.add(map["file"] ?? node, path + ".file", error.message)
            }
        default: faults.add(node, path, "takes one of content and file")
        }
        let type = map["mimeType"].flatMap { faults.string($0, at: path + ".mimeType") }
        let title = map["title"].flatMap { faults.string($0, at: path + ".title") }
        var metadata: JSONObject = [:]
        if let value = map["metadata"], let command = catalog.command(method: "document.put") {
            if case .object(let object) = value.json(command.shape) {
                metadata = object
            } else {
                faults.add(value, path + ".metadata", "must be a map, is \(value.kind)")
            }
        }
        let known = catalog.command(method: "document.put")?.param("mimeType")?.values ?? []
        let found = type ?? name.flatMap(FileKind.mimeType) ?? "text/markdown"
        if !known.contains(found) {
            faults.add(map["mimeType"] ?? node, path + ".mimeType", "must be one of " + known.joined(separator: ", "))
        }
        guard let content else { return nil }
        if content.isEmpty { faults.add(node, path, "has no content") }
        return Declaration.Document(
            id: id, title: title ?? name.map(FileKind.stem) ?? id, mimeType: found, metadata: metadata,
            content: content, place: Declaration.Place(file: file, node: node))
    }

    // MARK: Words

    private mutating func identifier(_ node: YAMLTree, _ path: String) -> String? {
        guard case .scalar(let text, _) = node.content, Self.isIdentifier(text) else {
            faults.add(node, path, "an id consists of 1 to 64 of A-Z, a-z, 0-9, _ and -")
            return nil
        }
        return text
    }

    static func isIdentifier(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || $0 == 0x5F || $0 == 0x2D
            }
    }

    /// A path in the file is meant from the file's folder.
    private func beside(_ path: String) -> String {
        guard !path.hasPrefix("/"), !path.hasPrefix("~/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }
}
