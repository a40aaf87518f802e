import ControlAPI
package import Domain
import Sealing

/// The tokens that `token.create` makes. Each call is looked up, so that a revoked token is refused at once, by every
/// control plane.
package struct StoredTokens: TokenVerifier {
    private static let prefix = "mct_"
    private static let length = 47

    private let environment: EnvironmentTokens
    private let store: any AccessStore
    private let clock: any WallClock

    /// - Parameter environment: asked first; these work without the database.
    package init(_ environment: EnvironmentTokens, store: any AccessStore, clock: any WallClock = SystemClock()) {
        self.environment = environment
        self.store = store
        self.clock = clock
    }

    package func caller(token: String) async throws -> Caller? {
        if let caller = environment.caller(token: token) { return caller }
        // Nothing else is asked of the database: who guesses does not make it work.
        guard token.utf8.count == Self.length, token.hasPrefix(Self.prefix),
            let known = try await store.token(hash: BearerToken.hash(token)), known.isValid(at: clock.now())
        else { return nil }
        return Caller(id: known.id, name: known.name, role: known.role, tenantID: known.tenantID)
    }
}
