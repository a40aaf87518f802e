/// Tokens and the audit log, as they are read; ``ConfigTransaction`` writes them.
///
/// All functions throw ``DependencyError``; lists throw ``PageRequest/BadCursor`` for a cursor they never gave.
package protocol AccessStore: Sendable {
    /// - Parameter hash: of the whole token, as it was saved.
    func token(hash: String) async throws -> AccessToken?
    /// By id, those that have expired included.
    func tokens(_ page: PageRequest) async throws -> Page<AccessToken>
    /// Newest first.
    func audit(_ filter: AuditFilter, _ page: PageRequest) async throws -> Page<AuditEntry>
}
