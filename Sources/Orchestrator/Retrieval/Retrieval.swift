import Domain

/// Finds the passages of the tenant's documents that a question is about.
struct Retrieval: Sendable {
    let documents: any DocumentStore

    /// Best first; none where the tenant wants none, or the message has no words or only smalltalk.
    func passages(for turn: Turn) async throws -> [Passage] {
        let settings = turn.tenant.settings
        guard settings.enableRag, let question = turn.question, question.smalltalk(turn.language) == nil else {
            return []
        }
        let found = try await documents.search(
            tenantID: turn.tenant.id, query: question.query(turn.language), topK: settings.rag.topK)
        return found.filter { $0.score >= settings.rag.minSimilarity }
    }
}
