/// Where a fake calls its test: before a function has its effect, and after.
package enum PortMoment: String, Sendable, Hashable { case before, after }

/// Called by fakes at every await point; may throw (what the caller of the port then sees) or not return for a while.
package typealias PortHook = @Sendable (_ call: String, _ moment: PortMoment) async throws -> Void
