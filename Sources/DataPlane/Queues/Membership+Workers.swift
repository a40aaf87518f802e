package import ConfigSync

extension Membership: WorkerMembership {}
