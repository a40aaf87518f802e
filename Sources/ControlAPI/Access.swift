package import Domain

/// Which roles may call a method. A tenant's token sees its own tenant alone, in whatever it may call.
package struct Access: Sendable, Hashable {
    package let roles: [Role]

    package func allows(_ role: Role) -> Bool { roles.contains(role) }

    /// Reads what belongs to one tenant.
    package static let read = Access(roles: [.admin, .operator, .viewer, .tenant])
    /// Changes what belongs to one tenant.
    package static let write = Access(roles: [.admin, .operator, .tenant])
    /// Reads what belongs to the platform.
    package static let platformRead = Access(roles: [.admin, .operator, .viewer])
    /// Changes what belongs to the platform.
    package static let platformWrite = Access(roles: [.admin, .operator])
    package static let administration = Access(roles: [.admin])
    /// The configuration as nodes read it, with sealed secrets.
    package static let snapshot = Access(roles: [.admin, .node])
    /// Any valid token.
    package static let everyone = Access(roles: Role.allCases)
}
