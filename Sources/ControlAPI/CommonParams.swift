package import Domain
import JSONCoding
import JSONRPC

/// Params that many methods share, with their schemas beside their readers.
enum CommonParams {
    static let id = JSONSchema.Member.required("id", .identifier())
    static let tenantID = JSONSchema.Member.required("tenantId", .identifier())
    static let ifRevision = JSONSchema.Member.optional(
        "ifRevision", .integer(0 ... .max), "Only if this is the entity's current revision; else -32009.")
    static let idempotencyKey = JSONSchema.Member.optional(
        "idempotencyKey", .string(1...255), "The same key with the same params within 24 h gives the same result.")
    static let page: [JSONSchema.Member] = [
        .optional("limit", .integer(1...200).withDefault(50)),
        .optional("cursor", .string(1...1024), "`nextCursor` of the page before."),
    ]

    static func pageSchema(of item: JSONSchema) -> JSONSchema {
        .object(
            [.required("items", .array(of: item)), .required("nextCursor", JSONSchema.string().orNull)],
            closed: false)
    }

    static func json<Item>(_ page: Page<Item>, _ write: (Item) -> JSONValue) -> JSONValue {
        ["items": .array(page.items.map(write)), "nextCursor": JSONValue(page.nextCursor)]
    }
}

extension JSONObjectReader {
    func page() -> PageRequest {
        let limit = optional("limit") { $0.integer(in: 1...200) }
        let cursor = optional("cursor") { $0.string(1...1024) }
        return PageRequest(limit: Int(limit ?? 50), cursor: cursor)
    }

    func ifRevision() -> Int64? { optional("ifRevision") { $0.integer(in: 0 ... .max) } }

    func idempotencyKey() -> String? { optional("idempotencyKey") { $0.string(1...255) } }

    /// A member that null clears, for merge patches.
    func change<T>(_ key: String, _ read: (JSONReader) -> T?) -> Change<T> {
        guard has(key) else { return .keep }
        return required(key) { reader in reader.value.isNull ? .clear : read(reader).map(Change.set) } ?? .keep
    }
}

/// What an update does to one member.
package enum Change<Value: Sendable>: Sendable {
    case keep, clear
    case set(Value)

    package func applied(to value: Value?) -> Value? {
        switch self {
        case .keep: value
        case .clear: nil
        case .set(let new): new
        }
    }
}

/// Params of `….get`: one entity by its id.
package struct EntityParams: Sendable {
    package var id: String

    init?(_ object: JSONObjectReader) {
        guard let id = object.required("id", { $0.identifier() }) else { return nil }
        self.id = id
    }
}

/// Params of `….delete`.
package struct DeleteParams: WriteParams {
    package var id: String
    package var ifRevision: Int64?
    package var idempotencyKey: String?

    static let members = [CommonParams.id, CommonParams.ifRevision, CommonParams.idempotencyKey]

    init?(_ object: JSONObjectReader) {
        let id = object.required("id") { $0.identifier() }
        ifRevision = object.ifRevision()
        idempotencyKey = object.idempotencyKey()
        guard let id else { return nil }
        self.id = id
    }
}

/// Params of a list of what a tenant has.
package struct TenantListParams: Sendable {
    package var tenantID: String
    package var page: PageRequest

    static let members = [CommonParams.tenantID] + CommonParams.page

    init?(_ object: JSONObjectReader) {
        let tenantID = object.required("tenantId") { $0.identifier() }
        page = object.page()
        guard let tenantID else { return nil }
        self.tenantID = tenantID
    }
}
