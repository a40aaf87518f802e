import JSONCoding

/// How the program ends, as `--help` tells it.
enum CtlStatus: Int32, Sendable, CaseIterable {
    case done = 0
    /// The control plane refused the call.
    case refused = 1
    /// The fleet did not converge in time.
    case notConverged = 2
    /// EX_USAGE: the command line is wrong.
    case usage = 64
    /// EX_UNAVAILABLE: no control plane answers, or it cannot work now.
    case unavailable = 69
    /// EX_NOPERM: no token, a wrong one, or one that may not do this.
    case noPermission = 77
    /// EX_CONFIG: a setting or a file of settings is missing or malformed.
    case config = 78

    var meaning: String {
        switch self {
        case .done: "done"
        case .refused: "the control plane refused the call"
        case .notConverged: "the fleet did not converge in time"
        case .usage: "wrong usage"
        case .unavailable: "the control plane cannot be reached, or cannot work now"
        case .noPermission: "no valid token, or one that may not do this"
        case .config: "a setting or a file is missing or malformed"
        }
    }
}

/// Why a command did not do what it was told, in words for people.
struct CtlFailure: Error, Sendable, Hashable, CustomStringConvertible {
    var status: CtlStatus
    /// One line; may hold text from outside, so it is cleaned when it is shown.
    var message: String
    /// More lines, indented below it.
    var details: [String] = []
    /// What to do about it.
    var hint: String?
    /// The error object of an answer, for `--json`.
    var error: JSONValue?

    var description: String { ([message] + details + (hint.map { [$0] } ?? [])).joined(separator: "\n") }

    static func usage(_ message: String, details: [String] = [], hint: String? = nil) -> CtlFailure {
        CtlFailure(status: .usage, message: message, details: details, hint: hint)
    }

    static func config(_ message: String, details: [String] = [], hint: String? = nil) -> CtlFailure {
        CtlFailure(status: .config, message: message, details: details, hint: hint)
    }
}
