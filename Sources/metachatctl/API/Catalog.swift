import ControlAPI
import JSONCoding
import JSONRPC

/// Every method of the API as a command. What is added to the API is here without anyone's doing.
struct Catalog: Sendable {
    struct Noun: Sendable {
        let name: String
        let commands: [MethodCommand]
    }

    let nouns: [Noun]

    static let control = Catalog(methods: ControlAPI.methods, shared: ControlAPI.schemas)

    init(methods: [MethodInfo], shared: [String: JSONSchema]) {
        let shape = SchemaShape(shared: shared)
        var order: [String] = []
        var commands: [String: [MethodCommand]] = [:]
        for info in methods {
            let command = Self.command(info, among: methods, shape)
            if commands[command.noun] == nil { order.append(command.noun) }
            commands[command.noun, default: []].append(command)
        }
        nouns = order.map { Noun(name: $0, commands: commands[$0] ?? []) }
    }

    var commands: [MethodCommand] { nouns.flatMap(\.commands) }

    /// By its name on the command line, or by the API's (`deadLetter`).
    func noun(_ word: String) -> Noun? { nouns.first { $0.name == word || $0.name == Words.kebab(word) } }

    func command(method name: String) -> MethodCommand? { commands.first { $0.name == name } }

    private static func command(
        _ info: MethodInfo, among methods: [MethodInfo], _ shape: SchemaShape
    ) -> MethodCommand {
        let parts = info.name.split(separator: ".", maxSplits: 1).map(String.init)
        let names = Set(info.params.map(\.name))
        let params = info.params.map { member -> Param in
            let stem = member.name.hasSuffix("Id") ? String(member.name.dropLast(2)) : nil
            let schema = fullSchema(of: member, in: info, among: methods, shape)
            return Param(
                name: member.name, flag: Words.kebab(member.name),
                alias: stem.flatMap { $0.isEmpty || names.contains($0) ? nil : Words.kebab($0) },
                isRequired: member.isRequired, role: role(of: member, in: info, shape),
                kinds: shape.kinds(member.schema.object), values: shape.values(member.schema.object),
                summary: member.schema.object["description"]?.string, schema: schema)
        }
        return MethodCommand(
            info: info, noun: Words.kebab(parts[0]), verb: Words.kebab(parts.count > 1 ? parts[1] : "call"),
            params: params, shape: shape)
    }

    /// An update takes "an object", a patch; what may be in it the noun's `create` says.
    private static func fullSchema(
        of member: JSONSchema.Member, in info: MethodInfo, among methods: [MethodInfo], _ shape: SchemaShape
    ) -> JSONObject {
        let own = member.schema.object
        guard shape.kinds(own).subtracting([.null]) == [.object], shape.memberNames(of: own).isEmpty,
            !shape.alternatives(own).contains(where: { $0["additionalProperties"] != nil }),
            let noun = info.name.split(separator: ".").first,
            let create = methods.first(where: { $0.name == noun + ".create" }),
            let sibling = create.params.first(where: { $0.name == member.name })
        else { return own }
        return sibling.schema.object
    }

    private static func role(of member: JSONSchema.Member, in info: MethodInfo, _ shape: SchemaShape) -> Param.Role {
        let kinds = shape.kinds(member.schema.object)
        // A webhook's headers are kept as secrets are: they hold tokens.
        let isMap = member.name == "secrets" || (member.name == "headers" && info.name.hasPrefix("webhook."))
        if isMap, kinds == [.object] { return .secretMap }
        let isSecret =
            shape.alternatives(member.schema.object).contains {
                $0["writeOnly"] == true || $0["format"]?.string == "password"
            }
            || ["secret", "password", "token", "apiKey"].contains(member.name)
            || (info.name.hasPrefix("secret.") && member.name == "value")
        return isSecret && kinds == [.string] ? .secret : .plain
    }
}
