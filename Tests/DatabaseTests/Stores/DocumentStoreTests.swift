import Domain
import JSONCoding
import Testing

@testable import Database

@Suite struct DocumentStoreTests {
    private static func draft(
        _ id: String, tenant: String = "t", title: String, language: String = "english", _ chunks: String...
    ) -> DocumentDraft {
        DocumentDraft(
            id: id, tenantID: tenant, title: title, content: chunks.joined(separator: "\n"), mimeType: "text/plain",
            metadata: ["source": "test"], language: language, chunks: chunks)
    }

    private static func withStore(_ body: @Sendable (PostgresDocumentStore, PostgresPool) async throws -> Void)
        async throws
    {
        try await withSchema { pool in
            _ = try await PostgresConfigStore(pool).write { transaction in
                _ = try await transaction.save(.sample("t"))
                _ = try await transaction.save(.sample("u"))
            }
            try await body(PostgresDocumentStore(pool), pool)
        }
    }

    /// What a small shop writes.
    private static func fill(_ store: PostgresDocumentStore) async throws {
        let drafts = [
            draft(
                "shipping", title: "Shipping and delivery",
                "We ship within two business days. Standard shipping takes three to five days and costs 4.90 EUR.",
                "Express delivery is possible for 12 EUR and reaches you on the next working day.",
                "We deliver to all countries of the European Union. Parcels are tracked."),
            draft(
                "hours", title: "Opening hours",
                "Our shop in Zagreb is open Monday to Saturday from 9 to 18. On Sundays and holidays we are closed."),
            draft(
                "returns", title: "Returns and refunds",
                "You can return unused articles within 30 days. We refund the price to your payment method.",
                "Broken articles are replaced free of charge. Write to support@example.com with a photo."),
            draft(
                "payment", title: "Payment",
                "We accept Visa, Mastercard, PayPal and bank transfer. Invoices come by e-mail."),
            draft(
                "rueckgabe", title: "Rückgabe", language: "german",
                "Sie können Artikel innerhalb von 30 Tagen zurücksenden. Die Versandkosten tragen wir."),
            draft("foreign", tenant: "u", title: "Shipping", "Another tenant ships by balloon and opens on Sunday."),
        ]
        for draft in drafts { _ = try await store.put(draft, now: noon) }
    }

    @Test(arguments: [
        ("How long does shipping take?", "shipping", 0.6),
        ("Hi, could you please tell me when you are open on Saturday?", "hours", 1.0),
        ("do you open on sundays", "hours", 1.0),
        ("I want to return a broken article, is it free?", "returns", 0.7),
        ("Can I get a refund?", "returns", 1.0),
        ("refunded price", "returns", 1.0),
        ("Which payment methods do you accept? PayPal?", "payment", 0.6),
        ("express?", "shipping", 1.0),
        ("Wer zahlt den Versand bei einer Rückgabe?", "rueckgabe", 0.6),
    ])
    func aQuestionFindsItsDocument(question: String, document: String, coverage: Double) async throws {
        try await Self.withStore { store, _ in
            try await Self.fill(store)
            let found = try await store.search(tenantID: "t", query: question, topK: 4)
            let best = try #require(found.first)
            #expect(best.documentID == document)
            #expect(best.coverage >= coverage, "\(best.coverage)")
            #expect(best.kind == .keyword)
            #expect(zip(found, found.dropFirst()).allSatisfy { $0.score >= $1.score })
            #expect(found.allSatisfy { (0...1).contains($0.score) && (0...1).contains($0.coverage) })
            #expect(found.allSatisfy { $0.documentID != "foreign" })
        }
    }

    @Test(arguments: [
        "Do you sell elephants in Zanzibar?", "What is the meaning of life?", "Hello!", "", "???", "the of and",
        "'; DROP TABLE documents; --", "a & b | !c:* <-> (", "\u{0}\u{1}t", "can you help me please",
    ])
    func whatNobodyWroteIsNotKnown(question: String) async throws {
        try await Self.withStore { store, _ in
            try await Self.fill(store)
            let found = try await store.search(tenantID: "t", query: question, topK: 4)
            #expect(found.allSatisfy { $0.coverage < 0.5 }, "\(found)")
            let left = try await store.documents(tenantID: "t", PageRequest())
            #expect(left.items.count == 5)
        }
    }

    @Test func aDocumentGivesAtMostTwoPassages() async throws {
        try await Self.withStore { store, _ in
            let draft = DocumentDraft(
                id: "d", tenantID: "t", title: "Ferry", content: "", mimeType: "text/plain", metadata: [:],
                language: "english", chunks: (0..<10).map { "The ferry number \($0) leaves at \($0 + 8)." })
            _ = try await store.put(draft, now: noon)
            _ = try await store.put(Self.draft("e", title: "Other", "No ferry here."), now: noon)
            let found = try await store.search(tenantID: "t", query: "When does the ferry leave?", topK: 10)
            #expect(found.map(\.documentID).sorted() == ["d", "d", "e"])
            let one = try await store.search(tenantID: "t", query: "ferry", topK: 1)
            #expect(one.count == 1)
        }
    }

    @Test func rareWordsWeighMoreThanCommonOnes() async throws {
        try await Self.withStore { store, _ in
            for index in 0..<30 {
                _ = try await store.put(
                    Self.draft(
                        "d\(index)", title: "Tariff \(index)", "The price of the tariff in zone \(index) is low."),
                    now: noon)
            }
            _ = try await store.put(Self.draft("pets", title: "Pets", "Dogs travel for half."), now: noon)
            let found = try await store.search(tenantID: "t", query: "What is the price for dogs?", topK: 3)
            #expect(found.first?.documentID == "pets")
        }
    }

    @Test func aDocumentIsReplacedAsAWhole() async throws {
        try await Self.withStore { store, pool in
            let first = try await store.put(Self.draft("d", title: "Old", "apples", "pears"), now: noon)
            #expect(first.version == 1 && first.chunkCount == 2)
            let second = try await store.put(
                Self.draft("d", title: "New", "plums \u{0}"), now: noon.plus(seconds: 1))
            #expect(second.version == 2 && second.chunkCount == 1)
            #expect(second.createdAt == noon && second.updatedAt == noon.plus(seconds: 1))
            let kept = try await store.document("d")
            #expect(kept == second)
            #expect(kept?.content == "plums \u{FFFD}")
            let old = try await store.search(tenantID: "t", query: "apples", topK: 4)
            #expect(old.isEmpty)
            let new = try await store.search(tenantID: "t", query: "plum", topK: 4)
            #expect(new.map(\.text) == ["plums \u{FFFD}"])
            let listed = try await store.documents(tenantID: "t", PageRequest())
            #expect(listed.items.map(\.content) == [""])
            let deleted = try await store.delete("d")
            let again = try await store.delete("d")
            #expect(deleted && !again)
            let chunks = try await pool.query("SELECT FROM chunks").count
            #expect(chunks == 0)
        }
    }

    @Test func parallelPutsOfOneDocumentAllCount() async throws {
        try await Self.withStore { store, pool in
            let versions = try await withThrowingTaskGroup(of: Int64.self) { group in
                for index in 0..<10 {
                    group.addTask {
                        try await store.put(Self.draft("d", title: "T", "text \(index)"), now: noon).version
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(versions.sorted() == Array(1...10))
            let chunks = try await pool.query("SELECT FROM chunks").count
            #expect(chunks == 1)
        }
    }

    @Test func anotherTenantsDocumentIsNotReplaced() async throws {
        try await Self.withStore { store, _ in
            _ = try await store.put(Self.draft("d", title: "Mine", "text"), now: noon)
            let error = await dependencyError {
                _ = try await store.put(Self.draft("d", tenant: "u", title: "Yours", "text"), now: noon)
            }
            #expect(error?.isUnavailable == false)
            let kept = try await store.document("d")
            #expect(kept?.title == "Mine")
            let orphan = await dependencyError {
                _ = try await store.put(Self.draft("x", tenant: "nobody", title: "T", "text"), now: noon)
            }
            #expect(orphan?.isUnavailable == false)
            let language = await dependencyError {
                _ = try await store.put(Self.draft("y", title: "T", language: "klingon", "text"), now: noon)
            }
            #expect(language?.isUnavailable == false)
        }
    }
}
