/// The options that every command has, by which words they take. `CommonOptions` reads them; a test compares.
struct CommonFlag: Sendable {
    let name: String
    /// The word for its value; nil for a flag alone.
    let value: String?
    let help: String

    static let all = [
        CommonFlag(name: "--url", value: "URL", help: "The control plane."),
        CommonFlag(name: "--token-file", value: "PATH", help: "A file that holds the bearer token; - reads it here."),
        CommonFlag(name: "--ca-file", value: "PATH", help: "PEM authorities to trust, beside the system's."),
        CommonFlag(name: "--profile", value: "NAME", help: "A profile of the config file."),
        CommonFlag(name: "--json", value: nil, help: "Print the result as it came, for scripts."),
        CommonFlag(name: "--wait", value: nil, help: "After a write, wait until every node runs it."),
        CommonFlag(name: "--timeout", value: "SECONDS", help: "How long --wait waits (default 30)."),
        CommonFlag(name: "--no-color", value: nil, help: "No colour, as with NO_COLOR."),
    ]

    /// Whether a flag is followed by a value; nil when there is no such flag.
    static func takesValue(_ flag: String) -> Bool? { all.first { $0.name == flag }.map { $0.value != nil } }
}
