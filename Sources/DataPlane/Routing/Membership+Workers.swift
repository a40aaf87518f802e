package import ConfigSync

/// The fleet's heartbeats tell which workers there are.
extension Membership: WorkerMembership {}
