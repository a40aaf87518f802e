import ControlAPI
import JSONCoding
import JSONRPC

/// Errors of the API in words that help.
enum FailureText {
    static let tokenHint =
        "The token comes from --token-file, the profile (metachatctl profile list) or METACHAT_ADMIN_TOKEN."

    /// - Parameter context: what was being done: `channel.update`.
    static func failure(_ error: RPCError, context: String) -> CtlFailure {
        var failure = CtlFailure(
            status: .refused, message: "\(context): \(lowercased(error.message)) (\(error.code.rawValue))")
        failure.error = error.json
        switch error.code {
        case .invalidParams:
            failure.details = faults(error.data)
        case .unauthenticated, .rateLimited:
            failure.status = .noPermission
            failure.hint = tokenHint
            if let wait = error.data?["retryAfterMs"]?.integer {
                failure.hint = "Try again in \((wait + 999) / 1000) s. " + tokenHint
            }
        case .forbidden:
            failure.status = .noPermission
            failure.hint = "Another token is needed; metachatctl call rpc.discover shows each method's roles (x-roles)."
        case .conflict:
            if let revision = error.data?["currentRevision"]?.integer {
                failure.details = ["it is at revision \(revision) now"]
                failure.hint =
                    "Look at it again; then repeat with --if-revision \(revision), or without it to win anyway."
            }
        case .notConverged:
            failure.status = .notConverged
            failure.details = laggards(error.data?["nodes"]?.array ?? [])
            failure.hint = "The change is saved; nodes take it as soon as they can. metachatctl fleet list shows them."
        case .unavailable:
            failure.status = .unavailable
            failure.hint = "Nothing was changed; try again."
        case .internalError:
            if let reference = error.data?["reference"]?.string {
                failure.details = ["the control plane's log has the cause under \(reference)"]
            }
        case .methodNotFound:
            failure.hint = "This control plane is older than this program, or the name is wrong."
        case .parseError, .invalidRequest:
            if let detail = error.data?["detail"]?.string { failure.details = [detail] }
        default: break
        }
        return failure
    }

    /// `config.graphVersion: must be …`, one fault a line.
    static func faults(_ data: JSONValue?) -> [String] {
        (data?["errors"]?.array ?? []).map { fault in
            let path = words(ofPointer: fault["path"]?.string ?? "")
            return (path.isEmpty ? "" : path + ": ") + (fault["message"]?.string ?? "is not valid")
        }
    }

    static func laggards(_ nodes: [JSONValue]) -> [String] {
        nodes.map { node in
            let parts = [
                node["id"]?.string ?? "a node", node["status"]?.string,
                node["revision"]?.integer.map { "at revision \($0)" }, node["error"]?.string,
            ]
            return parts.compactMap { $0 }.joined(separator: ", ")
        }
    }

    /// `/config/allowedOrigins/0` → `config.allowedOrigins.0`.
    static func words(ofPointer pointer: String) -> String {
        pointer.split(separator: "/", omittingEmptySubsequences: true)
            .map { $0.replacing("~1", with: "/").replacing("~0", with: "~") }.joined(separator: ".")
    }

    private static func lowercased(_ text: String) -> String {
        guard let first = text.first, text.dropFirst().first?.isLowercase == true else { return text }
        return first.lowercased() + text.dropFirst()
    }
}
