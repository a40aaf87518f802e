import Domain
import JSONCoding
import Support
import Testing

@testable import Database

@Suite struct AccessStoreTests {
    private func token(_ id: String, tenant: String? = nil, expiresAt: Timestamp? = nil) -> AccessToken {
        AccessToken(
            id: id, name: "Name", role: tenant == nil ? .viewer : .tenant, tenantID: tenant, createdAt: noon,
            expiresAt: expiresAt)
    }

    @Test func tokensAreFoundByTheirHashUntilTheyAreDeleted() async throws {
        try await withSchema { pool in
            let store = PostgresConfigStore(pool)
            let first = token("a", expiresAt: noon.adding(milliseconds: 5))
            try await store.write { transaction async throws in
                _ = try await transaction.save(.sample("t"))
                try await transaction.insert(first, hash: "h1")
                try await transaction.insert(token("b", tenant: "t"), hash: "h2")
            }
            #expect(try await store.token(hash: "h1") == first)
            #expect(try await store.token(hash: "h3") == nil)
            let page = try await store.tokens(PageRequest(limit: 1))
            #expect(page.items == [first] && page.nextCursor != nil)
            #expect(
                try await store.tokens(PageRequest(limit: 1, cursor: page.nextCursor)).items == [
                    token("b", tenant: "t")
                ])
            // Neither takes a revision.
            #expect(try await store.revision() == 1)
            try await store.write { transaction async throws in
                #expect(try await transaction.token("a") == first)
                try await transaction.deleteToken("a")
                #expect(try await transaction.revision() == 1)
            }
            #expect(try await store.token(hash: "h1") == nil)
            _ = try await store.write { try await $0.deleteTenant("t") }
            #expect(try await store.token(hash: "h2") == nil)
        }
    }

    private func entry(_ entity: String, _ id: String, tenant: String?, method: String = "x.y") -> AuditEntry {
        AuditEntry(
            at: noon, actor: .init(id: "env:admin", name: "Näme\u{0}", role: .admin), method: method, entity: entity,
            entityID: id, tenantID: tenant, channelID: nil, changed: ["a.b", "c"], remoteAddress: "::1")
    }

    @Test func theAuditLogIsReadNewestFirstAndByWhatOneLooksFor() async throws {
        try await withSchema { pool in
            let store = PostgresConfigStore(pool)
            try await store.write { transaction async throws in
                for index in 0..<5 {
                    try await transaction.record(
                        entry(index == 2 ? "channel" : "tenant", "e\(index)", tenant: index < 2 ? "t" : "u"))
                }
            }
            struct Refusal: Error {}
            await #expect(throws: Refusal.self) {
                try await store.write { transaction async throws in
                    try await transaction.record(entry("tenant", "undone", tenant: nil))
                    throw Refusal()
                }
            }
            var seen: [String] = []
            var cursor: String?
            repeat {
                let page = try await store.audit(AuditFilter(), PageRequest(limit: 2, cursor: cursor))
                seen += page.items.map(\.entityID)
                cursor = page.nextCursor
            } while cursor != nil
            #expect(seen == ["e4", "e3", "e2", "e1", "e0"])
            var filter = AuditFilter()
            filter.tenantID = "u"
            filter.entity = "channel"
            let found = try await store.audit(filter, PageRequest(limit: 10)).items
            #expect(found.map(\.entityID) == ["e2"])
            #expect(found.first?.changed == ["a.b", "c"] && found.first?.actor.role == .admin)
            filter = AuditFilter()
            filter.since = found.first?.at.adding(milliseconds: 3_600_000)
            #expect(try await store.audit(filter, PageRequest(limit: 10)).items.isEmpty)
            await #expect(throws: PageRequest.BadCursor.self) {
                try await store.audit(AuditFilter(), PageRequest(limit: 1, cursor: "a.x"))
            }
        }
    }

    @Test func functionsAndWebhooksAreKeptWithTheirEvents() async throws {
        try await withSchema { pool in
            let store = PostgresConfigStore(pool)
            let function = FunctionDefinition(
                id: "f", tenantID: "t", name: "n", text: "d", parameters: ["type": "object"], url: "https://a.example",
                timeoutMilliseconds: 5, enabled: true, revision: 0, createdAt: noon, updatedAt: noon)
            let webhook = WebhookEndpoint(
                id: "w", tenantID: "t", url: "https://b.example", events: [.messageSent, .documentIndexed],
                headerNames: ["x-key"], enabled: false, revision: 0, createdAt: noon, updatedAt: noon)
            let (savedFunction, savedWebhook) = try await store.write { transaction async throws in
                _ = try await transaction.save(.sample("t"))
                return (try await transaction.save(function), try await transaction.save(webhook))
            }
            #expect(savedFunction.revision == 2 && savedWebhook.revision == 3)
            let snapshot = try await store.snapshot()
            #expect(snapshot.functions == [savedFunction] && snapshot.webhooks == [savedWebhook])
            #expect(try await store.function("f") == savedFunction)
            #expect(try await store.functions(tenantID: "t", PageRequest(limit: 5)).items == [savedFunction])
            #expect(try await store.functions(tenantID: "u", PageRequest(limit: 5)).items.isEmpty)
            #expect(try await store.webhook("w") == savedWebhook)
            #expect(try await store.webhooks(tenantID: "t", PageRequest(limit: 5)).items == [savedWebhook])
            try await store.write { transaction async throws in
                var changed = savedFunction
                changed.enabled = false
                #expect(try await transaction.save(changed).revision == 4)
                #expect(try await transaction.functions(tenantID: "t").map(\.enabled) == [false])
                #expect(try await transaction.delete(savedFunction) == 5)
                #expect(try await transaction.delete(savedWebhook) == 6)
                #expect(try await transaction.webhooks(tenantID: "t").isEmpty)
            }
            let events = try await PostgresConfigOutbox(pool).lead { try await $0.unpublished(limit: 10) }
            #expect(
                events.map { "\($0.entity) \($0.operation) \($0.id)" }.dropFirst() == [
                    "function upsert f", "webhook upsert w", "function upsert f", "function delete f",
                    "webhook delete w",
                ])
        }
    }

    @Test func secretsThatAreSealedUnderAnotherKeyAreFoundInOrder() async throws {
        try await withSchema { pool in
            let store = PostgresConfigStore(pool)
            let keys = try await store.write { transaction async throws in
                _ = try await transaction.save(.sample("t"))
                _ = try await transaction.save(.sample("c", tenant: "t"))
                var keys: [SecretKey] = []
                for (index, name) in ["a", "b", "c"].enumerated() {
                    var secret = StoredSecret.sample(tenant: "t", channel: "c")
                    secret.key.name = name
                    secret.sealed.keyID = index == 1 ? "new" : "old"
                    keys.append(try await transaction.save(secret).key)
                }
                return keys
            }
            #expect(
                try await store.secrets(notSealedUnder: "new", after: nil, limit: 10).map(\.key) == [keys[0], keys[2]])
            #expect(
                try await store.secrets(notSealedUnder: "new", after: keys[0], limit: 10).map(\.key) == [keys[2]])
            #expect(try await store.secrets(notSealedUnder: "old", after: nil, limit: 10).map(\.key) == [keys[1]])
            #expect(try await store.sealingKeyIDs() == ["new", "old"])
        }
    }
}
