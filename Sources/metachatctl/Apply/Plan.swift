import JSONCoding

/// What apply will do, in order; pure.
struct Plan: Sendable {
    struct Options: Sendable, Hashable {
        var updateSecrets = false
        var prune = false
    }

    struct Step: Sendable {
        enum Mark: String, Sendable {
            case create = "+"
            case change = "~"
            case delete = "-"
            case same = "="
            case note = "?"
        }

        var mark: Mark
        /// `channel`, `secret`, `document` …
        var noun: String
        var id: String
        var differences: [Difference] = []
        /// Behind the id: what else there is to say.
        var remark: String?
        /// nil: nothing to do.
        var call: Call?
        var place: Declaration.Place?
    }

    struct Call: Sendable, Equatable {
        var method: String
        var params: JSONObject
        /// Secrets, still to be read.
        var reads: [PendingRead] = []
    }

    private(set) var steps: [Step] = []

    var changes: [Step] { steps.filter { $0.call != nil } }

    func count(_ mark: Step.Mark) -> Int { steps.count { $0.mark == mark } }

    /// - Throws: ``CtlFailure`` with the status ``CtlStatus/config`` for what cannot be done.
    init(
        _ declared: [Declaration.Tenant], live: LiveState, catalog: Catalog, options: Options
    ) throws(CtlFailure) {
        var faults: [String] = []
        for tenant in declared {
            let state = live.tenants[tenant.id] ?? LiveState.Tenant()
            add(tenant.entity, state, catalog, &faults)
            add(tenant.entity.secrets, of: tenant.id, channel: nil, state, options)
            for kind in EntityKind.all(catalog) {
                let children = tenant.children.filter { $0.kind.noun == kind.noun }
                for child in children { add(child, of: tenant.id, state, options, &faults) }
                noteOthers(kind, tenant, children, state)
            }
            for document in tenant.documents { add(document, of: tenant.id, state) }
            if tenant.sections.contains("documents") { prune(tenant, state, options) }
        }
        guard faults.isEmpty else { throw .config("the files are not in order; nothing was changed", details: faults) }
    }

    // MARK: Tenants and their entities

    private mutating func add(
        _ entity: Declaration.Entity, _ state: LiveState.Tenant, _ catalog: Catalog, _ faults: inout [String]
    ) {
        guard let create = catalog.command(method: "tenant.create"),
            let update = catalog.command(method: "tenant.update")
        else { return }
        guard let live = state.entity else {
            checkWhole(entity, create, "tenant \(entity.id)", implied: [], &faults)
            var params: JSONObject = ["id": .string(entity.id)]
            for (key, value) in entity.members where !value.isNull { params[key] = value.withoutNulls }
            steps.append(
                Step(
                    mark: .create, noun: "tenant", id: entity.id,
                    call: Call(method: "tenant.create", params: params), place: entity.place))
            return
        }
        addUpdate(entity, noun: "tenant", id: entity.id, live, update, &faults)
    }

    private mutating func add(
        _ child: Declaration.Child, of tenant: String, _ state: LiveState.Tenant, _ options: Options,
        _ faults: inout [String]
    ) {
        let (kind, entity) = (child.kind, child.entity)
        let live = (state.entities[kind.noun] ?? []).first { item in
            switch kind.identity {
            case .id: item["id"]?.string == entity.id
            case .name: item["name"]?.string == entity.id
            case .member(let name): item[name] != nil && item[name] == entity.members[name]
            }
        }
        if let live {
            addUpdate(entity, noun: kind.noun, id: live["id"]?.string ?? entity.id, live, kind.update, &faults)
            let groups = Dictionary(grouping: entity.secrets, by: \.group)
            add(groups["secrets"] ?? [], of: tenant, channel: entity.id, state, options)
            for (group, secrets) in groups.sorted(by: { $0.key < $1.key }) where group != "secrets" {
                add(secrets, group, of: entity, kind, live, options)
            }
            return
        }
        checkWhole(
            entity, kind.create, "\(kind.noun) \(entity.id)", implied: kind.identity == .name ? ["name"] : [], &faults)
        var params: JSONObject = kind.identity == .id ? ["id": .string(entity.id)] : [:]
        params["tenantId"] = .string(tenant)
        if kind.identity == .name { params["name"] = .string(entity.id) }
        for (key, value) in entity.members where !value.isNull { params[key] = value.withoutNulls }
        let names = entity.secrets.map(\.name)
        steps.append(
            Step(
                mark: .create, noun: kind.noun, id: entity.id,
                remark: names.isEmpty ? nil : "with secret " + names.joined(separator: ", "),
                call: Call(
                    method: kind.create.name, params: params,
                    reads: entity.secrets.map {
                        PendingRead(path: [$0.group, $0.name], source: $0.source, form: .secret)
                    }),
                place: entity.place))
    }

    private mutating func addUpdate(
        _ entity: Declaration.Entity, noun: String, id: String, _ live: JSONObject, _ update: MethodCommand,
        _ faults: inout [String]
    ) {
        let differences = Differences(declared: entity.members, live: live) { update.isPatch($0) }
        for difference in differences.list {
            let name = String(difference.path.prefix { $0 != "." })
            if update.param(name) == nil {
                faults.append(
                    "\(entity.place.line(at: "/" + name)): \(noun) \(entity.id): \(name) cannot be changed; "
                        + "delete it first, or give it another id")
            }
        }
        guard !differences.list.isEmpty else {
            return steps.append(Step(mark: .same, noun: noun, id: entity.id))
        }
        var params: JSONObject = ["id": .string(id)]
        for (key, value) in differences.patch { params[key] = value }
        if update.param("ifRevision") != nil { params["ifRevision"] = live["revision"] }
        steps.append(
            Step(
                mark: .change, noun: noun, id: entity.id, differences: differences.list,
                call: Call(method: update.name, params: params), place: entity.place))
    }

    private func checkWhole(
        _ entity: Declaration.Entity, _ create: MethodCommand, _ name: String, implied: Set<String>,
        _ faults: inout [String]
    ) {
        for param in create.params where param.isRequired && !EntityKind.implied.union(implied).contains(param.name) {
            guard let value = entity.members[param.name], !value.isNull else {
                faults.append("\(entity.place.line(at: "")): \(name): \(param.name) is missing")
                continue
            }
        }
        for param in create.params {
            guard let value = entity.members[param.name], !value.isNull else { continue }
            var check = SchemaCheck(shape: create.shape)
            check.check(value.withoutNulls, param.schema, at: "/" + param.name)
            faults += check.faults.map {
                "\(entity.place.line(at: $0.path)): \(name): \(FailureText.words(ofPointer: $0.path)) \($0.message)"
            }
        }
    }

    /// What stands beside the declared ones is left alone, and said.
    private mutating func noteOthers(
        _ kind: EntityKind, _ tenant: Declaration.Tenant, _ children: [Declaration.Child], _ state: LiveState.Tenant
    ) {
        guard tenant.sections.contains(kind.section) else { return }
        for item in state.entities[kind.noun] ?? [] {
            let isDeclared = children.contains { child in
                switch kind.identity {
                case .id: item["id"]?.string == child.entity.id
                case .name: item["name"]?.string == child.entity.id
                case .member(let name): item[name] == child.entity.members[name]
                }
            }
            guard !isDeclared, let id = item["id"]?.string else { continue }
            steps.append(Step(mark: .note, noun: kind.noun, id: id, remark: "is not in the file; left as it is"))
        }
    }

    // MARK: Secrets

    /// Values cannot be compared: they are set where there is none, or when that is asked for.
    private mutating func add(
        _ secrets: [Declaration.Secret], of tenant: String, channel: String?, _ state: LiveState.Tenant,
        _ options: Options
    ) {
        for secret in secrets {
            let id = channel.map { "\($0)/\(secret.name)" } ?? secret.name
            let exists = state.secrets.contains(id)
            if exists, !options.updateSecrets {
                steps.append(Step(mark: .same, noun: "secret", id: id))
                continue
            }
            var params: JSONObject = ["tenantId": .string(tenant)]
            params.append("channelId", channel.map(JSONValue.string))
            params["name"] = .string(secret.name)
            if exists { params.append("graceSeconds", secret.graceSeconds.map(JSONValue.integer)) }
            steps.append(
                Step(
                    mark: exists ? .change : .create, noun: "secret", id: id,
                    remark: (exists ? "set again from " : "from ") + secret.source.description,
                    call: Call(
                        method: "secret.set", params: params,
                        reads: [PendingRead(path: ["value"], source: secret.source, form: .secret)])))
        }
    }

    /// Of these the control plane tells the names (`headerNames`): they are replaced, all at once, when the names differ
    /// or when that is asked for.
    private mutating func add(
        _ secrets: [Declaration.Secret], _ group: String, of entity: Declaration.Entity, _ kind: EntityKind,
        _ live: JSONObject, _ options: Options
    ) {
        let known = (live[String(group.dropLast()) + "Names"]?.array ?? []).compactMap(\.string).sorted()
        let names = secrets.map(\.name).sorted()
        let id = "\(entity.id)/\(group)"
        guard known != names || options.updateSecrets else {
            return steps.append(Step(mark: .same, noun: kind.noun, id: id))
        }
        steps.append(
            Step(
                mark: .change, noun: kind.noun, id: id, remark: "set to " + names.joined(separator: ", "),
                call: Call(
                    method: kind.update.name, params: ["id": live["id"] ?? .string(entity.id)],
                    reads: secrets.map { PendingRead(path: [group, $0.name], source: $0.source, form: .secret) }),
                place: entity.place))
    }

    // MARK: Documents

    private mutating func add(_ document: Declaration.Document, of tenant: String, _ state: LiveState.Tenant) {
        let digest = ContentDigest.of(document.content)
        var metadata = document.metadata
        metadata[ContentDigest.key] = .string(digest)
        var params: JSONObject = [
            "tenantId": .string(tenant), "id": .string(document.id), "title": .string(document.title),
            "mimeType": .string(document.mimeType), "metadata": .object(metadata),
        ]
        if let text = String(validating: document.content, as: UTF8.self), document.mimeType != "application/pdf" {
            params["content"] = .string(text)
        } else {
            params["contentBase64"] = JSONValue(bytes: document.content)
        }
        var step = Step(
            mark: .create, noun: "document", id: document.id, call: Call(method: "document.put", params: params),
            place: document.place)
        if let live = state.documents[document.id] {
            let wanted: JSONObject = [
                "title": .string(document.title), "mimeType": .string(document.mimeType),
                "metadata": .object(document.metadata),
            ]
            var found = live
            var marked = live["metadata"]?.object ?? [:]
            let mark = marked[ContentDigest.key]?.string
            marked[ContentDigest.key] = nil
            found["metadata"] = .object(marked)
            step.differences = Differences(declared: wanted, live: found) { _ in false }.list
            if mark != digest {
                step.differences.append(Difference(path: "content", old: nil, new: nil))
            }
            step.mark = step.differences.isEmpty ? .same : .change
            if step.mark == .same { step.call = nil }
        }
        steps.append(step)
    }

    /// Only what an earlier apply put.
    private mutating func prune(_ tenant: Declaration.Tenant, _ state: LiveState.Tenant, _ options: Options) {
        let declared = Set(tenant.documents.map(\.id))
        for (id, live) in state.documents.sorted(by: { $0.key < $1.key }) where !declared.contains(id) {
            let isOurs = live["metadata"]?[ContentDigest.key] != nil
            if options.prune, isOurs {
                steps.append(
                    Step(
                        mark: .delete, noun: "document", id: id,
                        call: Call(method: "document.delete", params: ["id": .string(id)])))
            } else {
                steps.append(
                    Step(
                        mark: .note, noun: "document", id: id,
                        remark: "is not in the file; " + (isOurs ? "--prune deletes it" : "left as it is")))
            }
        }
    }
}
