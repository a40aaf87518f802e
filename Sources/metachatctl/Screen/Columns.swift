import JSONCoding

/// Which members a table shows, by noun; everything unknown gets a table of what it has.
struct ColumnPlan: Sendable, Hashable {
    /// Paths of members, the important ones first; `*` marks what is never cut while there is another way.
    let paths: [String]

    private static let plans: [String: [String]] = [
        "tenant": ["id*", "name", "enabled", "settings.locale", "settings.tone", "revision", "updatedAt"],
        "channel": ["id*", "tenantId", "type", "name", "enabled", "health.state", "revision", "updatedAt", "secrets"],
        "secret": ["name*", "channelId", "fingerprint*", "keyId", "revision", "updatedAt", "previousAcceptedUntil"],
        "fleet": [
            "id*", "status", "roles", "revision", "sockets", "inFlight", "lastSeenAt", "version", "advertiseUrl",
            "error",
        ],
        "document": ["id*", "title", "version", "updatedAt", "mimeType", "chunks"],
        "document.search": ["score", "documentId", "kind", "snippet"],
        "conversation": ["conversationId*", "channelId", "status", "agent", "unread", "lastMessageAt", "userId"],
        "conversation.messages": ["position", "timestamp", "from", "content", "status", "id"],
        "token": ["id*", "name", "role", "tenantId", "createdAt", "expiresAt", "lastUsedAt"],
        "audit": ["at", "actor", "method", "entityId", "changed", "remoteAddress", "tenantId"],
        "function": ["id*", "name", "enabled", "url", "timeoutMs", "revision", "updatedAt"],
        "webhook": ["id*", "url", "events", "enabled", "revision", "updatedAt"],
        "dead-letter": ["id*", "at", "failedAt", "error", "attempts", "conversationId", "node"],
        "message.trace": ["step", "at", "node", "attempt", "detail"],
        "channel.test": ["ok", "name", "detail"],
    ]

    /// The plan for a list under `noun.verb`.
    init(noun: String, verb: String, items: [JSONObject]) {
        let planned = Self.plans["\(noun).\(verb)"] ?? Self.plans[noun] ?? []
        let present = planned.filter { Self.isPresent(Self.bare($0), in: items) }
        // A plan that meets other things than it was made for does not hide them.
        paths = present.count >= 2 ? present : Self.fallback(items)
    }

    static func bare(_ path: String) -> String { path.hasSuffix("*") ? String(path.dropLast()) : path }

    static func value(at path: String, in item: JSONObject) -> JSONValue? {
        path.split(separator: ".").reduce(JSONValue?.some(.object(item))) { $0?[String($1)] }
    }

    private static func isPresent(_ path: String, in items: [JSONObject]) -> Bool {
        items.contains { item in value(at: path, in: item).map { !$0.isNull } ?? false }
    }

    /// What identifies first, then plain members in their order, times of creation last.
    private static func fallback(_ items: [JSONObject]) -> [String] {
        var seen: Set<String> = []
        let keys = items.prefix(200).flatMap(\.keys).filter { seen.insert($0).inserted && isPresent($0, in: items) }
        func rank(_ key: String) -> Int {
            switch key {
            case "id": 0
            case "name", "title": 1
            case "createdAt": 9
            case "updatedAt": 8
            default:
                items.contains { SchemaShape.kind(of: $0[key] ?? .null) == .object } ? 7 : 4
            }
        }
        let sorted = keys.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
        return sorted.map { $0.element == "id" ? "id*" : $0.element }
    }
}
