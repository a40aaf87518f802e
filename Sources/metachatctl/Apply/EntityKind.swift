import JSONCoding

/// What a file may declare below a tenant: each noun of the API that a tenant has and that can be created, listed and
/// updated.
struct EntityKind: Sendable {
    /// How a declared entity is found again.
    enum Identity: Sendable, Hashable {
        /// The name in the file is the id.
        case id
        /// The name in the file is the member `name`; the id is made up by the control plane.
        case name
        /// This member says which one it is.
        case member(String)
    }

    let noun: String
    let section: String
    let create: MethodCommand
    let update: MethodCommand
    let list: MethodCommand
    let identity: Identity

    /// What `create` takes and a file does not say, because it stands elsewhere.
    static let implied: Set<String> = ["id", "tenantId", "secrets", "idempotencyKey", "ifRevision"]

    /// The members that a file may give.
    var members: [Param] {
        create.params.filter {
            $0.role == .plain && !Self.implied.contains($0.name) && !(identity == .name && $0.name == "name")
        }
    }

    /// Members whose values are secrets, by reference: `secrets`, a webhook's `headers`.
    var references: [Param] { create.params.filter { $0.role == .secretMap } }

    static func all(_ catalog: Catalog) -> [EntityKind] {
        catalog.nouns.compactMap { noun in
            func verb(_ name: String) -> MethodCommand? { noun.commands.first { $0.verb == name } }
            guard let create = verb("create"), let update = verb("update"), let list = verb("list"),
                create.param("tenantId") != nil, list.param("tenantId") != nil
            else { return nil }
            let identity: Identity =
                create.param("id") != nil ? .id : create.param("name") != nil ? .name : .member("url")
            return EntityKind(
                noun: noun.name, section: noun.name + "s", create: create, update: update, list: list,
                identity: identity)
        }
    }
}

extension MethodCommand {
    /// Whether a param of an update is a JSON merge patch: so its description says.
    func isPatch(_ name: String) -> Bool {
        guard let param = param(name), param.kinds.subtracting([.null]) == [.object] else { return false }
        return param.summary?.lowercased().contains("merge patch") ?? false
    }
}
