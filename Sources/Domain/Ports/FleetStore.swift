/// Where the control planes keep which nodes there are, so that a restarted one knows whom to wait for.
///
/// Throws ``DependencyError``.
package protocol FleetStore: Sendable {
    /// Inserts or replaces by node id; an older `lastSeenAt` never replaces a newer one.
    func save(_ sightings: [NodeSighting]) async throws
    /// Those seen since then.
    func sightings(since: Timestamp) async throws -> [NodeSighting]
    /// Forgets those not seen since then.
    func forget(before: Timestamp) async throws
}

/// A node's last report and when it came.
package struct NodeSighting: Sendable, Hashable {
    package var report: NodeReport
    /// By the receiver's clock.
    package var lastSeenAt: Timestamp

    package init(report: NodeReport, lastSeenAt: Timestamp) {
        self.report = report
        self.lastSeenAt = lastSeenAt
    }
}
