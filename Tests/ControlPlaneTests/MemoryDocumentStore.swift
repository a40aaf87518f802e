import Domain
import Support
import Synchronization

/// Documents in memory. Searching finds chunks that hold one of the query's words.
final class MemoryDocumentStore: DocumentStore, Sendable {
    private struct Entry: Sendable {
        var document: Document
        var draft: DocumentDraft
    }

    private let entries = Mutex<[String: Entry]>([:])
    /// How often something was put.
    private let puts = Atomic(0)

    /// What happens between a handler's look and its put; may refuse it.
    let beforePut = Mutex(Meanwhile())

    struct Meanwhile {
        var happens: (@Sendable () async throws -> Void)?
    }

    init() {}

    var putCount: Int { puts.load(ordering: .relaxed) }
    func draft(_ id: String) -> DocumentDraft? { entries.withLock { $0[id]?.draft } }

    func put(_ draft: DocumentDraft, now: Timestamp) async throws -> Document {
        if let meanwhile = beforePut.withLock({ $0.happens.take() }) { try await meanwhile() }
        puts.wrappingAdd(1, ordering: .relaxed)
        return entries.withLock { entries in
            let old = entries[draft.id]?.document
            let document = Document(
                id: draft.id, tenantID: draft.tenantID, title: draft.title, content: draft.content,
                mimeType: draft.mimeType, metadata: draft.metadata, version: (old?.version ?? 0) + 1,
                chunkCount: draft.chunks.count, createdAt: old?.createdAt ?? now, updatedAt: now)
            entries[draft.id] = Entry(document: document, draft: draft)
            return document
        }
    }

    func document(_ id: String) -> Document? { entries.withLock { $0[id]?.document } }

    func documents(tenantID: String, _ page: PageRequest) throws -> Page<Document> {
        let all = entries.withLock { $0.values.map(\.document).filter { $0.tenantID == tenantID } }
        return try FakePages.page(all, page) { $0.id }
    }

    func delete(_ id: String) -> Bool { entries.withLock { $0.removeValue(forKey: id) != nil } }

    func search(tenantID: String, query: String, topK: Int) -> [Passage] {
        let words = Set(query.lowercased().split { !$0.isLetter })
        let found = entries.withLock { entries in
            entries.values.filter { $0.draft.tenantID == tenantID }.flatMap { entry in
                entry.draft.chunks.compactMap { chunk -> Passage? in
                    let hits = words.intersection(chunk.lowercased().split { !$0.isLetter }).count
                    guard hits > 0 else { return nil }
                    let share = Double(hits) / Double(words.count)
                    return Passage(
                        documentID: entry.draft.id, title: entry.draft.title, text: chunk, score: share,
                        coverage: share, kind: .keyword)
                }
            }
        }
        return Array(found.sorted { $0.score > $1.score }.prefix(topK))
    }
}
