/// What the holder of a token is allowed to be.
package enum Role: String, Sendable, Hashable, CaseIterable {
    case admin, `operator`, viewer, tenant, node
}
