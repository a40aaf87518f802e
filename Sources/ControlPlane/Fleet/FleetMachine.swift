package import Domain

/// What the control plane knows of the nodes, from their reports. Pure: time is passed in.
///
/// `now` is monotonic milliseconds and judges silence; wall-clock times are for showing.
package struct FleetMachine: Sendable {
    /// After this long without a sign, a node is forgotten, in milliseconds.
    package static let forgetAfter: Int64 = 24 * 3600 * 1000
    /// Nodes known at most; beyond, the one silent for longest is forgotten.
    package static let capacity = 5000

    private struct Node: Sendable {
        var report: NodeReport
        var lastSeenAt: Timestamp
        /// Monotonic; since then it has been silent.
        var silentSince: Int64
    }

    private var nodes: [String: Node] = [:]
    private var lastReport: Int64?

    package init() {}

    /// Takes a report.
    ///
    /// - Returns: Whether anything changed that is worth keeping beyond the time of the last report.
    @discardableResult
    package mutating func receive(_ report: NodeReport, at wall: Timestamp, now: Int64) -> Bool {
        lastReport = now
        let known = nodes[report.id]
        if let known, known.report.instance != report.instance, known.report.startedAt > report.startedAt {
            // A late word of the node's life before.
            return false
        }
        if known == nil, nodes.count >= Self.capacity {
            nodes.min { $0.value.silentSince < $1.value.silentSince }.map { nodes[$0.key] = nil }
        }
        nodes[report.id] = Node(report: report, lastSeenAt: wall, silentSince: now)
        return known.map { $0.report.instance != report.instance || $0.report.status != report.status } ?? true
    }

    /// What was known before this process began. Nodes seen shortly before count as live until they have been silent
    /// here for as long as any other.
    package mutating func restore(_ sightings: [NodeSighting], at wall: Timestamp, now: Int64) {
        for sighting in sightings where nodes[sighting.report.id] == nil {
            let silence = max(0, wall - sighting.lastSeenAt)
            let recent = silence <= Self.restoreWindow
            nodes[sighting.report.id] = Node(
                report: sighting.report, lastSeenAt: sighting.lastSeenAt, silentSince: recent ? now : now - silence)
        }
    }

    /// How long ago a kept sighting may be to count as live: what lies between two writes, and the time to go stale.
    package static let restoreWindow: Int64 = FleetRegistry.saveInterval + NodeReport.staleAfter

    /// Reports were missed until now, through no fault of the nodes: those that were live when the last report of
    /// anybody came count as live again until they stay silent.
    package mutating func resume(now: Int64) {
        guard let lastReport else { return }
        for (id, node) in nodes where lastReport - node.silentSince < NodeReport.staleAfter {
            nodes[id]?.silentSince = now
        }
    }

    /// Forgets nodes that have been silent for a day.
    package mutating func prune(now: Int64) {
        nodes = nodes.filter { now - $0.value.silentSince < Self.forgetAfter }
    }

    /// Every known node, by id.
    package func list(now: Int64) -> [FleetNode] {
        nodes.values.map { FleetNode($0.report, lastSeenAt: $0.lastSeenAt, isStale: isStale($0, now)) }
            .sorted { $0.report.id < $1.report.id }
    }

    /// Live nodes that do not run a revision (yet). A failed node always is one; a draining or stale one never.
    package func laggards(behind revision: Int64, now: Int64) -> [FleetNode] {
        list(now: now).filter { node in
            switch node.status {
            case .draining, .stale: false
            case .failed: true
            case .starting, .ready: node.report.revision < revision
            }
        }
    }

    /// When the next of the laggards goes stale, if it stays silent.
    package func nextSilence(behind revision: Int64, now: Int64) -> Int64? {
        laggards(behind: revision, now: now).compactMap { nodes[$0.report.id]?.silentSince }.min().map {
            $0 + NodeReport.staleAfter
        }
    }

    /// For keeping.
    package var sightings: [NodeSighting] {
        nodes.values.map { NodeSighting(report: $0.report, lastSeenAt: $0.lastSeenAt) }
    }

    private func isStale(_ node: Node, _ now: Int64) -> Bool {
        now - node.silentSince >= NodeReport.staleAfter || node.report.status == .stale
    }
}

/// A node as `fleet.list` shows it.
package struct FleetNode: Sendable, Hashable {
    package var report: NodeReport
    package var lastSeenAt: Timestamp
    package var isStale: Bool

    package init(_ report: NodeReport, lastSeenAt: Timestamp, isStale: Bool) {
        self.report = report
        self.lastSeenAt = lastSeenAt
        self.isStale = isStale
    }

    package var status: NodeReport.Status { isStale ? .stale : report.status }
}
