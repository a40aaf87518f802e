import ControlAPI
import Domain
import Encodings
import JSONCoding
import JSONRPC
import Sealing

extension ControlHandlers {
    /// Functions and webhooks of one tenant, each.
    static let integrationLimit = 100

    func addFunctions(to registry: inout MethodRegistry<CallContext>) {
        addWrite(FunctionCreate.method, to: &registry, shownOnce: ["secret"]) { params, transaction, context in
            try await requireTenant(params.tenantID, transaction, context)
            try check(params.url)
            let id = params.id ?? EntityID.make("fn")
            if let existing = try await transaction.function(id) {
                throw taken("function", existing.tenantID, existing.revision, context)
            }
            let others = try await transaction.functions(tenantID: params.tenantID)
            try checkName(params.name, among: others)
            guard others.count < Self.integrationLimit else {
                throw RPCError.conflict("a tenant has at most \(Self.integrationLimit) functions")
            }
            let now = clock.now()
            let function = FunctionDefinition(
                id: id, tenantID: params.tenantID, name: params.name, text: params.text, parameters: params.parameters,
                url: params.url, timeoutMilliseconds: params.timeoutMilliseconds, enabled: params.enabled, revision: 0,
                createdAt: now, updatedAt: now)
            let secret = try await saveSigningSecret(function.signingKey, now, transaction)
            return .init(try await transaction.save(function), signingSecret: secret)
        }

        registry.add(FunctionGet.method) { params, context in
            guard let function = try await store.function(params.id), context.caller.sees(tenant: function.tenantID)
            else { throw RPCError.notFound("function") }
            return function
        }

        registry.add(FunctionList.method) { params, context in
            _ = try await tenant(params.tenantID, context)
            return try await store.functions(tenantID: params.tenantID, params.page)
        }

        addWrite(FunctionUpdate.method, to: &registry) { params, transaction, context in
            guard var function = try await transaction.function(params.id),
                context.caller.sees(tenant: function.tenantID)
            else { throw RPCError.notFound("function") }
            try params.ifRevision.check(against: function.revision)
            if let name = params.name, name != function.name {
                try checkName(name, among: try await transaction.functions(tenantID: function.tenantID))
                function.name = name
            }
            if let url = params.url, url != function.url {
                try check(url)
                function.url = url
            }
            function.text = params.text ?? function.text
            function.parameters = params.parameters ?? function.parameters
            function.timeoutMilliseconds = params.timeoutMilliseconds ?? function.timeoutMilliseconds
            function.enabled = params.enabled ?? function.enabled
            function.updatedAt = clock.now()
            return try await transaction.save(function)
        }

        addWrite(FunctionDelete.method, to: &registry) { params, transaction, context in
            guard let function = try await transaction.function(params.id),
                context.caller.sees(tenant: function.tenantID)
            else { throw RPCError.notFound("function") }
            try params.ifRevision.check(against: function.revision)
            return Deleted(id: function.id, revision: try await delete(function, transaction))
        }
    }

    func addWebhooks(to registry: inout MethodRegistry<CallContext>) {
        addWrite(WebhookCreate.method, to: &registry, shownOnce: ["secret"]) { params, transaction, context in
            try await requireTenant(params.tenantID, transaction, context)
            try check(params.url)
            let id = params.id ?? EntityID.make("wh")
            if let existing = try await transaction.webhook(id) {
                throw taken("webhook", existing.tenantID, existing.revision, context)
            }
            guard try await transaction.webhooks(tenantID: params.tenantID).count < Self.integrationLimit else {
                throw RPCError.conflict("a tenant has at most \(Self.integrationLimit) webhooks")
            }
            let now = clock.now()
            let webhook = WebhookEndpoint(
                id: id, tenantID: params.tenantID, url: params.url, events: params.events,
                headerNames: params.headers.keys.sorted(), enabled: params.enabled, revision: 0, createdAt: now,
                updatedAt: now)
            let secret = try await saveSigningSecret(webhook.signingKey, now, transaction)
            try await saveHeaders(params.headers, of: webhook, now, transaction)
            return .init(try await transaction.save(webhook), signingSecret: secret)
        }

        registry.add(WebhookGet.method) { params, context in
            guard let webhook = try await store.webhook(params.id), context.caller.sees(tenant: webhook.tenantID)
            else { throw RPCError.notFound("webhook") }
            return webhook
        }

        registry.add(WebhookList.method) { params, context in
            _ = try await tenant(params.tenantID, context)
            return try await store.webhooks(tenantID: params.tenantID, params.page)
        }

        addWrite(WebhookUpdate.method, to: &registry) { params, transaction, context in
            guard var webhook = try await transaction.webhook(params.id), context.caller.sees(tenant: webhook.tenantID)
            else { throw RPCError.notFound("webhook") }
            try params.ifRevision.check(against: webhook.revision)
            if let url = params.url, url != webhook.url {
                try check(url)
                webhook.url = url
            }
            webhook.events = params.events ?? webhook.events
            webhook.enabled = params.enabled ?? webhook.enabled
            webhook.updatedAt = clock.now()
            if let headers = params.headers {
                webhook.headerNames = headers.keys.sorted()
                try await saveHeaders(headers, of: webhook, webhook.updatedAt, transaction)
            }
            return try await transaction.save(webhook)
        }

        addWrite(WebhookDelete.method, to: &registry) { params, transaction, context in
            guard let webhook = try await transaction.webhook(params.id), context.caller.sees(tenant: webhook.tenantID)
            else { throw RPCError.notFound("webhook") }
            try params.ifRevision.check(against: webhook.revision)
            return Deleted(id: webhook.id, revision: try await delete(webhook, transaction))
        }
    }

    /// Functions and webhooks with what is theirs, when their tenant goes.
    func deleteIntegrations(of tenantID: String, _ transaction: Transaction) async throws {
        for function in try await transaction.functions(tenantID: tenantID) {
            _ = try await delete(function, transaction)
        }
        for webhook in try await transaction.webhooks(tenantID: tenantID) { _ = try await delete(webhook, transaction) }
    }

    private func delete(_ function: FunctionDefinition, _ transaction: Transaction) async throws -> Int64 {
        if try await transaction.secret(function.signingKey) != nil {
            _ = try await transaction.deleteSecret(function.signingKey)
        }
        return try await transaction.delete(function)
    }

    private func delete(_ webhook: WebhookEndpoint, _ transaction: Transaction) async throws -> Int64 {
        for key in [webhook.signingKey, webhook.headersKey] where try await transaction.secret(key) != nil {
            _ = try await transaction.deleteSecret(key)
        }
        return try await transaction.delete(webhook)
    }

    // MARK: Checks

    private func requireTenant(_ id: String, _ transaction: Transaction, _ context: CallContext) async throws {
        try context.requireSight(of: id)
        guard try await transaction.tenant(id) != nil else { throw RPCError.notFound("tenant") }
    }

    private func check(_ url: String) throws(RPCError) {
        if let fault = OutboundURL.fault(url, allowPrivate: allowsPrivateURLs) {
            throw .invalidParams("/url", "must \(fault)")
        }
    }

    private func checkName(_ name: String, among others: [FunctionDefinition]) throws(RPCError) {
        if let other = others.first(where: { $0.name == name }) {
            throw .conflict("the tenant has a function of this name", data: ["functionId": .string(other.id)])
        }
    }

    private func taken(_ kind: String, _ tenantID: String, _ revision: Int64, _ context: CallContext) -> RPCError {
        .conflict(
            "there is a \(kind) of this id",
            data: context.caller.sees(tenant: tenantID) ? ["currentRevision": .integer(revision)] : nil)
    }

    // MARK: Secrets

    /// Makes a signing secret (Standard Webhooks: `whsec_` and the base64 of 32 random bytes) and keeps it sealed.
    private func saveSigningSecret(
        _ key: SecretKey, _ now: Timestamp, _ transaction: Transaction
    ) async throws -> String {
        let secret = "whsec_" + Base64.encode(try SecureRandom.bytes(32))
        try await save(secret, key, now, transaction)
        return secret
    }

    private func saveHeaders(
        _ headers: [String: String], of webhook: WebhookEndpoint, _ now: Timestamp, _ transaction: Transaction
    ) async throws {
        guard !headers.isEmpty else {
            if try await transaction.secret(webhook.headersKey) != nil {
                _ = try await transaction.deleteSecret(webhook.headersKey)
            }
            return
        }
        let members = headers.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
        try await save(JSONValue.object(JSONObject(members: members)).text, webhook.headersKey, now, transaction)
    }

    private func save(_ value: String, _ key: SecretKey, _ now: Timestamp, _ transaction: Transaction) async throws {
        _ = try await transaction.save(
            try sealer.seal(value, as: key, replacing: try await transaction.secret(key), now: now))
    }
}
