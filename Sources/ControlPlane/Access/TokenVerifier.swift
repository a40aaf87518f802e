import ControlAPI
import Domain
import Sealing

/// Tells who holds a bearer token.
package protocol TokenVerifier: Sendable {
    /// nil for a token that is not valid (any more).
    ///
    /// - Throws: `DependencyError` when that cannot be told now.
    func caller(token: String) async throws -> Caller?
}

/// The tokens that a process is given in its environment. Kept as digests.
package struct EnvironmentTokens: TokenVerifier {
    private let entries: [(digest: [UInt8], caller: Caller)]

    package init(admin: String?, node: String?) {
        var entries: [(digest: [UInt8], caller: Caller)] = []
        if let admin {
            entries.append((SHA256.digest(admin), Caller(id: "env:admin", name: "bootstrap admin", role: .admin)))
        }
        if let node { entries.append((SHA256.digest(node), Caller(id: "env:node", name: "nodes", role: .node))) }
        self.entries = entries
    }

    package func caller(token: String) -> Caller? {
        let digest = SHA256.digest(token)
        var found: Caller?
        // Every entry is compared, so that the time tells nothing.
        for entry in entries where ConstantTime.equal(entry.digest, digest) && found == nil { found = entry.caller }
        return found
    }
}

/// Reads `Authorization: Bearer …` (RFC 6750).
package enum BearerHeader {
    /// Longest token that is looked at.
    static let maxLength = 4096

    package static func token(_ header: String?) -> String? {
        guard let header, header.utf8.count <= maxLength + 16 else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        let token = parts[1].drop { $0 == " " }
        return token.isEmpty || token.contains(" ") ? nil : String(token)
    }
}
