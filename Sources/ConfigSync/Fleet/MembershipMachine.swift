package import Domain

/// Which nodes there are, from their reports and from their silence. Time is passed in, in milliseconds of a clock
/// that never goes back.
package struct MembershipMachine: Sendable {
    private struct Member {
        var report: NodeReport
        var lastSeen: Int64
    }

    private var members: [String: Member] = [:]
    private let staleAfter: Int64

    /// Far more than any fleet; what comes beyond is not taken in.
    private static let limit = 10_000

    package init(staleAfter: Int64 = NodeReport.staleAfter) { self.staleAfter = staleAfter }

    /// The ids of the nodes that work: ready ones. Where no worker is ready, those that have refused a change have to
    /// do: they serve everything else.
    package var readyWorkers: Set<String> {
        let workers = members.values.filter { $0.report.roles.contains(.worker) }
        let ready = workers.filter { $0.report.status == .ready }
        let able = ready.isEmpty ? workers.filter { $0.report.status == .failed } : ready
        return Set(able.map(\.report.id))
    }

    /// The newest report of every node that is not silent.
    package var reports: [NodeReport] { members.values.map(\.report).sorted { $0.id < $1.id } }

    /// A node that comes back under its name with a new life replaces the old one; what the old life still says is
    /// not listened to.
    package mutating func received(_ report: NodeReport, now: Int64) {
        if let known = members[report.id] {
            if known.report.instance != report.instance && report.startedAt < known.report.startedAt { return }
        } else if members.count >= Self.limit {
            return
        }
        members[report.id] = Member(report: report, lastSeen: now)
    }

    /// Forgets the silent. While we hear nobody because the broker is away, silence says nothing.
    package mutating func tick(now: Int64, isConnected: Bool) {
        if isConnected {
            members = members.filter { now - $0.value.lastSeen < staleAfter }
        } else {
            for id in members.keys { members[id]?.lastSeen = now }
        }
    }
}
