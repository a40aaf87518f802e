import ControlAPI
package import Domain
import JSONRPC

/// Who holds a token.
package struct Caller: Sendable, Hashable {
    package var id: String
    package var name: String
    package var role: Role
    /// The one tenant that a caller of role tenant sees.
    package var tenantID: String?

    package init(id: String, name: String, role: Role, tenantID: String? = nil) {
        self.id = id
        self.name = name
        self.role = role
        self.tenantID = tenantID
    }

    /// Whether a tenant exists as far as this caller is concerned.
    package func sees(tenant: String) -> Bool { role != .tenant || tenantID == tenant }
}

/// What a handler knows of the call beside its params.
package struct CallContext: Sendable {
    package var caller: Caller
    /// The caller's address, without its port.
    package var remoteAddress: String

    package init(caller: Caller, remoteAddress: String) {
        self.caller = caller
        self.remoteAddress = remoteAddress
    }

    /// A foreign tenant is answered as one that does not exist.
    func requireSight(of tenantID: String, as kind: String = "tenant") throws(RPCError) {
        guard caller.sees(tenant: tenantID) else { throw .notFound(kind) }
    }
}
