package import ConfigSync
import Domain

/// The fleet's heartbeats tell which workers there are.
extension Membership: WorkerMembership {
    package func haveApplied(_ revision: Int64) -> Bool { reports.allSatisfy { $0.revision >= revision } }
}
