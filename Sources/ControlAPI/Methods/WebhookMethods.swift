package import Domain
import JSONCoding
import JSONRPC

/// What `webhook.create` and `webhook.update` have in common.
enum WebhookParams {
    static let events = JSONSchema.array(of: .oneOf(EventType.self), max: EventType.allCases.count)
    static let headers = JSONSchema.map(of: .string(0...4096))
    /// Headers that the delivery itself sets.
    private static let reserved: Set<String> = [
        "host", "content-length", "content-type", "transfer-encoding", "connection", "webhook-id", "webhook-timestamp",
        "webhook-signature",
    ]

    static func readEvents(_ reader: JSONReader) -> [EventType]? {
        guard let events = reader.array(max: 50, { $0.oneOf(EventType.self) }) else { return nil }
        guard !events.isEmpty else { return reader.fault("must name at least one event") }
        var seen: Set<EventType> = []
        return events.filter { seen.insert($0).inserted }
    }

    static func readHeaders(_ reader: JSONReader) -> [String: String]? {
        reader.object { object -> [String: String]? in
            let names = reader.value.object?.keys ?? []
            guard names.count <= 20 else { return reader.fault("must have at most 20 members") }
            var result: [String: String] = [:]
            for name in names {
                result[name] = object.required(name) { inner -> String? in
                    guard name.utf8.count <= 64, name.utf8.allSatisfy(isToken) else {
                        return inner.fault("is no header name")
                    }
                    guard !reserved.contains(name.lowercased()) else { return inner.fault("is set by the delivery") }
                    return inner.string(0...4096, that: "hold no control characters") {
                        $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
                    }
                }
            }
            return result
        }
    }

    /// RFC 9110 §5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

package enum WebhookCreate {
    package struct Params: WriteParams {
        package var id: String?
        package var tenantID: String
        package var url: String
        package var events: [EventType]
        package var headers: [String: String]
        package var enabled: Bool
        package var idempotencyKey: String?
    }

    package static let method = ControlMethod<Params, FunctionCreate.Created<WebhookEndpoint>>(
        "webhook.create", .write, "Creates a webhook: where a tenant is told of events.",
        details: """
            Deliveries follow Standard Webhooks and are signed with `secret`, which is in this answer and nowhere else. \
            The values of `headers` are kept as secrets are; answers show their names.
            """,
        params: [
            CommonParams.tenantID, .required("url", .string(1...OutboundURL.maxLength)),
            .required("events", WebhookParams.events), .optional("id", .identifier(), "Generated if absent."),
            .optional("headers", WebhookParams.headers, "Sent with each delivery; at most 20."),
            .optional("enabled", JSONSchema.boolean.withDefault(true)), CommonParams.idempotencyKey,
        ],
        result: .shared("CreatedWebhook"), errors: [.notFound, .conflict],
        example: .init(
            params: [
                "tenantId": "acme", "id": "wh_events", "url": "https://shop.example.com/metachat/events",
                "events": ["message.received", "human_handoff.requested"],
            ], result: .object(Examples.webhook.merging(patch: ["secret": Examples.signingSecret])))
    ) { object -> Params? in
        let id = object.optional("id") { $0.identifier() }
        let tenantID = object.required("tenantId") { $0.identifier() }
        let url = object.required("url", FunctionParams.readURL)
        let events = object.required("events", WebhookParams.readEvents)
        let headers = object.optional("headers", WebhookParams.readHeaders)
        let enabled = object.optional("enabled") { $0.bool() }
        let key = object.idempotencyKey()
        guard let tenantID, let url, let events else { return nil }
        return Params(
            id: id, tenantID: tenantID, url: url, events: events, headers: headers ?? [:], enabled: enabled ?? true,
            idempotencyKey: key)
    } write: {
        .object(($0.entity.json.object ?? [:]).merging(patch: ["secret": .string($0.signingSecret)]))
    }
}

package enum WebhookGet {
    package static let method = ControlMethod<EntityParams, WebhookEndpoint>(
        "webhook.get", .read, "Gives a webhook.", params: [CommonParams.id], result: .shared("Webhook"),
        errors: [.notFound], example: .init(params: ["id": "wh_events"], result: .object(Examples.webhook))
    ) {
        EntityParams($0)
    } write: {
        $0.json
    }
}

package enum WebhookList {
    package static let method = ControlMethod<TenantListParams, Page<WebhookEndpoint>>(
        "webhook.list", .read, "Lists a tenant's webhooks, by id.", params: TenantListParams.members,
        result: CommonParams.pageSchema(of: .shared("Webhook")), errors: [.notFound],
        example: .init(params: ["tenantId": "acme"], result: Examples.page(.object(Examples.webhook)))
    ) {
        TenantListParams($0)
    } write: {
        CommonParams.json($0, \.json)
    }
}

package enum WebhookUpdate {
    package struct Params: WriteParams {
        package var id: String
        package var url: String?
        package var events: [EventType]?
        /// Replaces all of them.
        package var headers: [String: String]?
        package var enabled: Bool?
        package var ifRevision: Int64?
        package var idempotencyKey: String?
    }

    package static let method = ControlMethod<Params, WebhookEndpoint>(
        "webhook.update", .write, "Changes a webhook.",
        params: [
            CommonParams.id, .optional("url", .string(1...OutboundURL.maxLength)),
            .optional("events", WebhookParams.events),
            .optional("headers", WebhookParams.headers, "Replaces all of them."),
            .optional("enabled", .boolean), CommonParams.ifRevision, CommonParams.idempotencyKey,
        ],
        result: .shared("Webhook"), errors: [.notFound, .conflict],
        example: .init(params: ["id": "wh_events", "enabled": false], result: .object(Examples.webhook))
    ) { object -> Params? in
        let id = object.required("id") { $0.identifier() }
        let params = Params(
            id: id ?? "", url: object.optional("url", FunctionParams.readURL),
            events: object.optional("events", WebhookParams.readEvents),
            headers: object.optional("headers", WebhookParams.readHeaders),
            enabled: object.optional("enabled") { $0.bool() }, ifRevision: object.ifRevision(),
            idempotencyKey: object.idempotencyKey())
        return id == nil ? nil : params
    } write: {
        $0.json
    }
}

package enum WebhookDelete {
    package static let method = ControlMethod<DeleteParams, Deleted>(
        "webhook.delete", .write, "Deletes a webhook.", params: DeleteParams.members, result: Deleted.schema,
        errors: [.notFound, .conflict],
        example: .init(params: ["id": "wh_events"], result: ["id": "wh_events", "revision": 48])
    ) {
        DeleteParams($0)
    } write: {
        $0.json
    }
}
