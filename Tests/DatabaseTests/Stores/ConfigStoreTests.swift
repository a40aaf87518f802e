import Domain
import JSONCoding
import Support
import Testing

@testable import Database

@Suite struct ConfigStoreTests {
    @Test func aChangeIsKeptWithItsOutboxRow() async throws {
        try await withSchema { pool in
            let store = PostgresConfigStore(pool)
            let empty = try await store.snapshot()
            #expect(empty == ConfigSnapshot(revision: 0, tenants: [], channels: [], secrets: []))
            let (tenant, channel, secret) = try await store.write { transaction in
                let tenant = try await transaction.save(.sample("t"))
                let channel = try await transaction.save(.sample("c", tenant: "t"))
                var secret = StoredSecret.sample(tenant: "t", channel: "c")
                secret.previous = StoredSecret.Previous(
                    sealed: SealedBytes(keyID: "k0", nonce: Array(0..<12), ciphertext: [1, 2]), acceptedUntil: noon)
                return (tenant, channel, try await transaction.save(secret))
            }
            #expect([tenant.revision, channel.revision, secret.revision] == [1, 2, 3])
            #expect(tenant.updatedAt > noon)
            let snapshot = try await store.snapshot()
            #expect(snapshot == ConfigSnapshot(revision: 3, tenants: [tenant], channels: [channel], secrets: [secret]))
            let revision = try await store.revision()
            #expect(revision == 3)
            let events = try await unpublished(pool)
            #expect(events.map(\.revision) == [1, 2, 3])
            #expect(events.map(\.entity) == [.tenant, .channel, .secret])
            #expect(events.map(\.id) == ["t", "c", "c/appSecret"])
            #expect(events.map(\.data) == [tenant.json, channel.json, secret.json])
        }
    }

    private func unpublished(_ pool: PostgresPool) async throws -> [ConfigEvent] {
        try await PostgresConfigOutbox(pool).lead { try await $0.unpublished(limit: 1000) }
    }

    @Test func whatThrowsLeavesNothing() async throws {
        struct Refusal: Error {}
        try await withSchema { pool in
            let store = PostgresConfigStore(pool)
            await #expect(throws: Refusal.self) {
                try await store.write { transaction in
                    _ = try await transaction.save(.sample("t"))
                    throw Refusal()
                }
            }
            let snapshot = try await store.snapshot()
            #expect(snapshot.revision == 0 && snapshot.tenants.isEmpty)
            let events = try await unpublished(pool)
            #expect(events.isEmpty)
        }
    }

    @Test func revisionsOfManyWritersAreConsecutive() async throws {
        try await withSchema { pool in
            let store = PostgresConfigStore(pool)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        try await store.write { transaction in
                            _ = try await transaction.save(.sample("t\(index)"))
                            _ = try await transaction.save(.sample("c\(index)", tenant: "t\(index)"))
                        }
                    }
                }
                try await group.waitForAll()
            }
            let events = try await unpublished(pool)
            #expect(events.map(\.revision) == Array(1...40))
            for pair in 0..<20 {
                #expect(events[2 * pair].id == events[2 * pair + 1].tenantID, "one change's rows stand together")
            }
        }
    }

    @Test func writersSeeEachOthersChanges() async throws {
        try await withSchema { pool in
            let store = PostgresConfigStore(pool)
            _ = try await store.write { try await $0.save(.sample("t", name: "0")) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        try await store.write { transaction in
                            var tenant = try #require(try await transaction.tenant("t"))
                            tenant.name = "\((Int(tenant.name) ?? 0) + 1)"
                            _ = try await transaction.save(tenant)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let tenant = try await store.tenant("t")
            #expect(tenant?.name == "16")
            #expect(tenant?.revision == 17)
        }
    }

    @Test func everythingCanBeReadAndDeleted() async throws {
        try await withSchema { pool in
            let store = PostgresConfigStore(pool)
            let messages = PostgresMessageStore(pool)
            _ = try await store.write { transaction in
                _ = try await transaction.save(.sample("t"))
                _ = try await transaction.save(.sample("c", tenant: "t"))
                _ = try await transaction.save(.sample(tenant: "t", channel: "c"))
                _ = try await transaction.save(.sample(tenant: "t", channel: nil, name: "llm.apiKey"))
            }
            _ = try await messages.record(.inbound(externalID: "1"), now: noon)
            _ = try await messages.record(.inbound(externalID: "1", tenant: "other", channel: "x"), now: noon)
            let all = try await store.secrets(tenantID: "t", channelID: nil)
            #expect(all.map(\.key.name) == ["llm.apiKey", "appSecret"])
            let own = try await store.secrets(tenantID: "t", channelID: "c")
            #expect(own.map(\.key.name) == ["appSecret"])
            let early = await dependencyError { _ = try await store.write { try await $0.deleteTenant("t") } }
            #expect(early?.isUnavailable == false, "what depends on a tenant goes first")
            let revisions = try await store.write { transaction in
                let channel = try #require(try await transaction.channel("c"))
                let listed = try await transaction.channels(tenantID: "t")
                #expect(listed == [channel])
                let secrets = try await transaction.secrets(tenantID: "t", channelID: nil)
                var revisions: [Int64] = []
                for secret in secrets {
                    let found = try await transaction.secret(secret.key)
                    #expect(found == secret)
                    revisions.append(try await transaction.deleteSecret(secret.key))
                }
                revisions.append(try await transaction.deleteChannel(channel))
                revisions.append(try await transaction.deleteTenant("t"))
                return revisions
            }
            #expect(revisions == [5, 6, 7, 8])
            let snapshot = try await store.snapshot()
            #expect(snapshot == ConfigSnapshot(revision: 8, tenants: [], channels: [], secrets: []))
            let events = try await unpublished(pool).suffix(4)
            #expect(events.allSatisfy { $0.operation == .delete && $0.data == .null && $0.tenantID == "t" })
            #expect(events.map(\.id) == ["/llm.apiKey", "c/appSecret", "c", "t"])
            let gone = try await messages.conversation(NormalizedMessage.inbound().conversation)
            #expect(gone == nil)
            let left = try await pool.query("SELECT FROM messages").count
            #expect(left == 1)
        }
    }

    @Test func listsComeInPages() async throws {
        try await withSchema { pool in
            let store = PostgresConfigStore(pool)
            try await store.write { transaction in
                for index in 0..<5 {
                    _ = try await transaction.save(.sample("t\(index)"))
                    var channel = Channel.sample(
                        "c\(index)", tenant: "t\(index)", type: index == 3 ? .webchat : .whatsapp)
                    channel.enabled = index != 1
                    _ = try await transaction.save(channel)
                }
            }
            var page = PageRequest(limit: 2)
            var ids: [String] = []
            repeat {
                let part = try await store.tenants(page)
                ids += part.items.map(\.id)
                page.cursor = part.nextCursor
            } while page.cursor != nil
            #expect(ids == ["t0", "t1", "t2", "t3", "t4"])
            let enabled = try await store.channels(tenantID: nil, type: .whatsapp, enabled: true, PageRequest())
            #expect(enabled.items.map(\.id) == ["c0", "c2", "c4"])
            #expect(enabled.nextCursor == nil)
            let one = try await store.channels(tenantID: "t3", type: nil, enabled: nil, PageRequest())
            #expect(one.items.map(\.type) == [.webchat])
            for cursor in ["", "x", "c.c1", "t.\0", "a.1.2"] {
                await #expect(throws: PageRequest.BadCursor.self, "\(cursor)") {
                    _ = try await store.tenants(PageRequest(limit: 2, cursor: cursor))
                }
            }
        }
    }

    @Test func resultsAreRememberedForADay() async throws {
        try await withSchema { pool in
            let store = PostgresConfigStore(pool)
            let result = IdempotentResult(paramsDigest: "d", result: ["b": 1, "a": [nil, "x"]])
            let runs = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await store.write { transaction in
                            if let kept = try await transaction.idempotent(caller: "me", method: "m", key: "k") {
                                #expect(kept == result)
                                return false
                            }
                            _ = try await transaction.save(.sample("t"))
                            try await transaction.remember(caller: "me", method: "m", key: "k", result)
                            return true
                        }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(runs == 1)
            let other = try await store.write { try await $0.idempotent(caller: "you", method: "m", key: "k") }
            #expect(other == nil)
            try await pool.query("UPDATE idempotency SET created_at = now() - interval '25 hours'")
            let old = try await store.write { try await $0.idempotent(caller: "me", method: "m", key: "k") }
            #expect(old == nil)
            try await store.write { try await $0.remember(caller: "me", method: "m2", key: "k", result) }
            let left = try await pool.query("SELECT method FROM idempotency").map { try $0.decode(0, as: String.self) }
            #expect(left == ["m2"])
        }
    }
}

@Suite struct ConfigOutboxTests {
    @Test func theLeaderIsWokenAndPublishesInOrder() async throws {
        try await withSchema { pool in
            let store = PostgresConfigStore(pool)
            let seen = try await withThrowingTaskGroup(of: [Int64].self) { group in
                group.addTask {
                    try await PostgresConfigOutbox(pool).lead { session in
                        var seen: [Int64] = []
                        while seen.count < 12 {
                            let events = try await session.unpublished(limit: 3)
                            if let last = events.last {
                                seen += events.map(\.revision)
                                try await session.markPublished(through: last.revision)
                            } else {
                                try await session.wake(atMost: 60_000)
                            }
                        }
                        return seen
                    }
                }
                for index in 0..<12 { _ = try await store.write { try await $0.save(.sample("t\(index)")) } }
                return try await group.next() ?? []
            }
            #expect(seen == Array(1...12))
        }
    }

    @Test func wakingEndsByItself() async throws {
        try await withSchema { pool in
            try await PostgresConfigOutbox(pool).lead { session in
                _ = try await session.unpublished(limit: 1)
                let start = ContinuousClock.now
                try await session.wake(atMost: 50)
                #expect(ContinuousClock.now - start >= .milliseconds(50))
            }
        }
    }

    @Test func oneLeadsAtATimeAndTheNextTakesOver() async throws {
        try await withSchema { pool in
            let outbox = PostgresConfigOutbox(pool, every: .milliseconds(10))
            let first = Once<Void>()
            let leading = Task {
                try await outbox.lead { session in
                    first.resolve(())
                    try await session.wake(atMost: 60_000)
                    _ = try await session.unpublished(limit: 1)
                    try await session.wake(atMost: 60_000)
                }
            }
            await first.value
            let second = Once<Void>()
            let waiting = Task { try await outbox.lead { _ in _ = second.resolve(()) } }
            #expect(!second.isResolved)
            leading.cancel()
            await #expect(throws: CancellationError.self) { try await leading.value }
            try await waiting.value
            #expect(second.isResolved)
        }
    }

    @Test func losingTheLeadCancelsTheBody() async throws {
        try await withSchema { pool in
            let error = await dependencyError {
                try await PostgresConfigOutbox(pool).lead { session in
                    _ = try await session.unpublished(limit: 1)
                    try await pool.query(TestDatabase.terminateLockHolders)
                    try await session.wake(atMost: 60_000)
                }
            }
            #expect(error?.isUnavailable == true)
        }
    }
}
