/// Why something asked of the database did not come about.
///
/// Never carries parameter values, passwords or the server's `DETAIL` (which repeats row contents), so that it may
/// be logged as it is. The cancellation of a task is not a `DatabaseError` but `CancellationError`.
package struct DatabaseError: Error, Sendable, Hashable {
    package enum Reason: Sendable, Hashable {
        /// The server refused or failed the statement; ``DatabaseError/sqlState`` tells why.
        case server
        /// No connection came about: nobody listens, wrong password, too many clients, time-out.
        case connectFailed
        /// The connection broke. Where `sent` is false the server never saw the statement; else it may or may not
        /// have taken effect.
        case connectionLost(sent: Bool)
        /// The statement took longer than its time-out, and was cancelled.
        case statementTimeout
        /// No connection of the pool became free in time.
        case acquireTimeout
        /// More callers wait for a connection than the pool lets wait.
        case queueFull
        /// The pool or connection has been closed by its owner.
        case closed
        /// A result does not have the shape that the caller reads it as.
        case decoding
        /// A caller's mistake: a transaction used after its end, too many parameters.
        case misuse
        /// A migration that cannot be applied.
        case migration
    }

    package var reason: Reason
    /// The server's five-character code (PostgreSQL documentation, appendix A), where it gave one.
    package var sqlState: SQLState?
    /// One sentence for the log.
    package var message: String
    /// The violated constraint, where there is one.
    package var constraint: String?

    package init(_ reason: Reason, sqlState: SQLState? = nil, message: String, constraint: String? = nil) {
        self.reason = reason
        self.sqlState = sqlState
        self.message = message
        self.constraint = constraint
    }
}

extension DatabaseError {
    /// True where the infrastructure is at fault, not the statement: the same call may succeed later unchanged.
    ///
    /// Such a fault is waited out and never counts as an attempt of the caller's work.
    package var isUnavailable: Bool {
        switch reason {
        case .connectFailed, .connectionLost, .acquireTimeout, .queueFull, .closed: true
        case .server: sqlState?.isUnavailable ?? false
        case .statementTimeout, .decoding, .misuse, .migration: false
        }
    }

    /// True where a whole transaction should be run again at once: it lost against another one.
    package var isRetryable: Bool { sqlState == .serializationFailure || sqlState == .deadlockDetected }
}

extension DatabaseError: CustomStringConvertible {
    package var description: String {
        var text = "database: \(message)"
        if let sqlState { text += " [\(sqlState.code)]" }
        if let constraint { text += " (constraint \(constraint))" }
        return text
    }
}

/// A SQLSTATE code.
package struct SQLState: Sendable, Hashable {
    package let code: String

    package init(_ code: String) { self.code = code }

    package static let uniqueViolation = SQLState("23505")
    package static let foreignKeyViolation = SQLState("23503")
    package static let serializationFailure = SQLState("40001")
    package static let deadlockDetected = SQLState("40P01")
    package static let queryCanceled = SQLState("57014")
    package static let inFailedTransaction = SQLState("25P02")
    package static let featureNotSupported = SQLState("0A000")
    package static let invalidStatementName = SQLState("26000")

    /// Connection faults, shutdown and start-up, exhausted resources, IO errors, and a server that has become a
    /// read-only standby.
    package var isUnavailable: Bool {
        switch code {
        case "57P01", "57P02", "57P03", "57P05", "25006": true
        default: code.hasPrefix("08") || code.hasPrefix("53") || code.hasPrefix("58")
        }
    }

    /// True for data exceptions, whose messages quote the offending value.
    var quotesValues: Bool { code.hasPrefix("22") }
}
