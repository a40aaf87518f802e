import ControlAPI
import JSONCoding
import JSONRPC

/// A method of the control plane as a command: noun, verb and flags, all from its description.
struct MethodCommand: Sendable {
    let info: MethodInfo
    let noun: String
    let verb: String
    let params: [Param]
    let shape: SchemaShape

    var name: String { info.name }

    /// Changes something: such methods alone take a key against doubles.
    var isWrite: Bool { info.params.contains { $0.name == "idempotencyKey" } }

    /// Gives pages that can be followed.
    var isPaged: Bool { info.params.contains { $0.name == "cursor" } }

    /// Params that may stand without their flag, in this order.
    var positionals: [Param] { params.filter { $0.isRequired && $0.isScalar && $0.role == .plain } }

    func param(_ name: String) -> Param? { params.first { $0.name == name } }

    func param(flag: String) -> Param? {
        params.first { $0.flag == flag } ?? params.first { $0.alias == flag }
    }

    /// What `--file`, `--stdin` and `--env` fill.
    var payload: Param? {
        params.first { $0.role == .secret } ?? params.first { $0.name == "content" && $0.kinds == [.string] }
    }
}

/// A param of a method, as flags see it.
struct Param: Sendable {
    enum Role: Sendable, Hashable {
        case plain
        /// A value nobody may read over a shoulder.
        case secret
        /// `{name: value}` of such.
        case secretMap
    }

    let name: String
    /// Without dashes.
    let flag: String
    /// `--tenant` for `tenantId`, where nothing else is called so.
    let alias: String?
    let isRequired: Bool
    let role: Role
    let kinds: Set<SchemaShape.Kind>
    /// Of an enumeration.
    let values: [String]
    let summary: String?
    /// With the members of the noun's `create` where its own says only "an object".
    let schema: JSONObject

    /// The flag that names one of its secrets, `--secret NAME=env:VARIABLE`; `--header` for `headers`.
    var referenceFlag: String { "--" + (flag.hasSuffix("s") ? String(flag.dropLast()) : flag) }

    var isScalar: Bool {
        let kinds = kinds.subtracting([.null])
        return !kinds.isEmpty && kinds.isDisjoint(with: [.array, .object])
    }

    var isBoolean: Bool { kinds.subtracting([.null]) == [.boolean] }
    var isArray: Bool { kinds.subtracting([.null]) == [.array] }
}
