package import Domain
import JSONCoding
import Synchronization

/// Documents in memory: a passage per document, found by plain words.
package final class FakeDocumentStore: DocumentStore {
    private let drafts: Mutex<[DocumentDraft]>
    private let asked = Mutex<[String]>([])
    private let hook: PortHook?

    package init(_ texts: [(title: String, text: String)] = [], tenantID: String = "t1", hook: PortHook? = nil) {
        drafts = Mutex(
            texts.enumerated().map { index, item in
                DocumentDraft(
                    id: "d\(index + 1)", tenantID: tenantID, title: item.title, content: item.text,
                    mimeType: "text/plain", metadata: [:], language: "simple", chunks: [item.text])
            })
        self.hook = hook
    }

    /// What was searched for, in order.
    package var queries: [String] { asked.withLock { $0 } }

    package func put(_ document: DocumentDraft, now: Timestamp) async throws -> Document {
        drafts.withLock { $0.append(document) }
        return Document(
            id: document.id, tenantID: document.tenantID, title: document.title, content: document.content,
            mimeType: document.mimeType, metadata: document.metadata, version: 1,
            chunkCount: document.chunks.count, createdAt: now, updatedAt: now)
    }

    package func document(_ id: String) async throws -> Document? { nil }

    package func documents(tenantID: String, _ page: PageRequest) async throws -> Page<Document> {
        Page(items: [], nextCursor: nil)
    }

    package func delete(_ id: String) async throws -> Bool {
        drafts.withLock { drafts in
            let before = drafts.count
            drafts.removeAll { $0.id == id }
            return drafts.count != before
        }
    }

    package func search(tenantID: String, query: String, topK: Int) async throws -> [Passage] {
        try await hook?("search", .before)
        asked.withLock { $0.append(query) }
        let words = Set(Self.words(query))
        let found = drafts.withLock { $0 }.filter { $0.tenantID == tenantID }.flatMap { draft in
            draft.chunks.compactMap { chunk -> Passage? in
                let held = Set(Self.words(draft.title + " " + chunk))
                let share = words.isEmpty ? 0 : Double(words.intersection(held).count) / Double(words.count)
                guard share > 0 else { return nil }
                return Passage(
                    documentID: draft.id, title: draft.title, text: chunk, score: share, coverage: share,
                    kind: .keyword)
            }
        }
        try await hook?("search", .after)
        return Array(found.sorted { $0.score > $1.score }.prefix(topK))
    }

    private static func words(_ text: String) -> [String] {
        text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }).map(String.init)
    }
}

/// The registry of queues in memory.
package final class FakeQueueRegistry: QueueRegistry {
    private let queues: Mutex<Set<QueueName>>
    private let needed = Mutex<Set<QueueName>>([])
    private let hook: PortHook?

    package init(_ queues: Set<QueueName> = [], hook: PortHook? = nil) {
        self.queues = Mutex(queues)
        self.hook = hook
    }

    package func add(_ names: [QueueName]) async throws {
        try await hook?("add", .before)
        queues.withLock { $0.formUnion(names) }
    }

    package func all() async throws -> [QueueName] {
        try await hook?("all", .before)
        return queues.withLock { Array($0) }
    }

    /// As if no channel were configured, unless a test says so.
    package func isNeeded(_ queue: QueueName, since revision: Int64) async throws -> Bool {
        try await hook?("isNeeded", .before)
        return needed.withLock { $0.contains(queue) }
    }

    /// A channel that needs a queue comes, or goes.
    package func set(_ queue: QueueName, needed isNeeded: Bool) {
        needed.withLock { needed in
            if isNeeded { needed.insert(queue) } else { needed.remove(queue) }
        }
    }

    package func retire(
        _ queue: QueueName, since revision: Int64, _ delete: @Sendable () async throws -> Void
    ) async throws -> Bool {
        try await hook?("retire", .before)
        guard !needed.withLock({ $0.contains(queue) }) else { return false }
        try await delete()
        queues.withLock { _ = $0.remove(queue) }
        try await hook?("retire", .after)
        return true
    }
}
