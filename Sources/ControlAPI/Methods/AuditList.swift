package import Domain
import JSONCoding
import JSONRPC

package enum AuditList {
    package struct Params: Sendable {
        package var filter: AuditFilter
        package var page: PageRequest
    }

    package static let method = ControlMethod<Params, Page<AuditEntry>>(
        "audit.list", .read, "Lists who changed what, when and from where, newest first.",
        details: "`changed` holds the names of members, never values. A tenant's token sees its own tenant's.",
        params: [
            .optional("tenantId", .identifier()),
            .optional("entity", .string(1...64), "`tenant`, `channel`, `secret`, …"),
            .optional("entityId", .string(1...300)), .optional("actorId", .string(1...300)),
            .optional("method", .string(1...64)),
            .optional("since", .timestamp, "From this moment on."),
            .optional("until", .timestamp, "Before this moment."),
        ] + CommonParams.page,
        result: CommonParams.pageSchema(of: .shared("AuditEntry")),
        example: .init(
            params: ["tenantId": "acme", "limit": 20],
            result: Examples.page([
                "id": "17", "at": Examples.time,
                "actor": ["id": "env:admin", "name": "bootstrap admin", "role": "admin"], "method": "channel.update",
                "entity": "channel", "entityId": "acme-whatsapp", "tenantId": "acme", "channelId": "acme-whatsapp",
                "changed": ["config.graphVersion", "secrets.accessToken"], "remoteAddress": "127.0.0.1",
            ]))
    ) { object -> Params? in
        var filter = AuditFilter()
        filter.tenantID = object.optional("tenantId") { $0.identifier() }
        filter.entity = object.optional("entity") { $0.string(1...64) }
        filter.entityID = object.optional("entityId") { $0.string(1...300) }
        filter.actorID = object.optional("actorId") { $0.string(1...300) }
        filter.method = object.optional("method") { $0.string(1...64) }
        filter.since = object.optional("since", Timestamp.read)
        filter.until = object.optional("until", Timestamp.read)
        return Params(filter: filter, page: object.page())
    } write: { page in
        CommonParams.json(page) { $0.json }
    }
}
