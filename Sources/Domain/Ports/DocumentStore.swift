package import JSONCoding

/// A tenant's documents and the search in them. All functions throw ``DependencyError``.
package protocol DocumentStore: Sendable {
    /// Inserts or replaces a document with its chunks, in one transaction; version counts from 1.
    /// `language` is a PostgreSQL text search configuration (`english`, `german`, `simple`).
    func put(_ document: DocumentDraft, now: Timestamp) async throws -> Document
    func document(_ id: String) async throws -> Document?
    /// Without contents.
    func documents(tenantID: String, _ page: PageRequest) async throws -> Page<Document>
    /// False when there was none.
    func delete(_ id: String) async throws -> Bool
    /// Passages for a question in people's words, best first, at most one or two per document.
    func search(tenantID: String, query: String, topK: Int) async throws -> [Passage]
}

package struct DocumentDraft: Sendable, Hashable {
    package var id: String
    package var tenantID: String
    package var title: String
    package var content: String
    package var mimeType: String
    package var metadata: JSONObject
    package var language: String
    /// The content in passages of some hundred words, in order.
    package var chunks: [String]

    package init(
        id: String, tenantID: String, title: String, content: String, mimeType: String, metadata: JSONObject,
        language: String, chunks: [String]
    ) {
        self.id = id
        self.tenantID = tenantID
        self.title = title
        self.content = content
        self.mimeType = mimeType
        self.metadata = metadata
        self.language = language
        self.chunks = chunks
    }
}

/// The queues that were ever declared: what workers look for after a start.
package protocol QueueRegistry: Sendable {
    func add(_ queues: [QueueName]) async throws
    func all() async throws -> [QueueName]
    /// Whether a channel of the queue's tenant and type is configured, or has changed since a revision.
    func isNeeded(_ queue: QueueName, since revision: Int64) async throws -> Bool
    /// Forgets a queue that no channel needs any more.
    ///
    /// - Parameters:
    ///   - revision: one at which no channel of the queue's tenant and type was configured.
    ///   - delete: removes the queue from the broker. No channel is created while it runs; what it throws leaves the
    ///     registry as it is.
    /// - Returns: false, with nothing done, where ``isNeeded(_:since:)`` holds.
    func retire(_ queue: QueueName, since revision: Int64, _ delete: @Sendable () async throws -> Void) async throws
        -> Bool
}
