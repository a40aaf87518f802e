import ControlAPI
import Domain
package import JSONRPC
package import Logging

/// What a caller may know of an error that a handler threw.
package enum RPCTranslation {
    /// nil for what must not leave the house.
    package static func translate(_ error: any Error, logger: Logger) -> RPCError? {
        switch error {
        case let error as DependencyError where error.isUnavailable:
            logger.warning("a dependency is not available", metadata: ["error": "\(error)"])
            return .unavailable("database")
        case is PageRequest.BadCursor: return .invalidParams("/cursor", "is no cursor of this list")
        case is CancellationError: return RPCError(.unavailable, "The control plane is going down, try again")
        default: return nil
        }
    }
}
