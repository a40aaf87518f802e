import JSONCoding

/// Where a value lies that is not on the command line.
enum Source: Sendable, Hashable {
    case standardInput
    case file(String)
    case environment(String)

    /// `env:NAME`, `file:PATH`, `stdin` or `-`.
    init?(reference text: String) {
        if text == "stdin" || text == "-" {
            self = .standardInput
        } else if text.hasPrefix("env:"), text.count > 4 {
            self = .environment(String(text.dropFirst(4)))
        } else if text.hasPrefix("file:"), text.count > 5 {
            self = .file(String(text.dropFirst(5)))
        } else {
            return nil
        }
    }

    var description: String {
        switch self {
        case .standardInput: "standard input"
        case .file(let path): path
        case .environment(let name): "the environment variable \(name)"
        }
    }
}

/// A value still to be read, and where in the params it goes.
struct PendingRead: Sendable, Hashable {
    enum Form: Sendable, Hashable {
        /// As it is.
        case text
        /// Without the line feed at its end.
        case secret
        case json
        case base64
    }

    var path: [String]
    var source: Source
    var form: Form
}
