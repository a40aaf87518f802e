/// Where the control plane is and by what right we call it.
struct Connection: Sendable, CustomStringConvertible, CustomReflectable {
    /// Tried in this order.
    var urls: [String]
    /// For messages: where the address comes from.
    var urlOrigin: String
    var token: String
    /// Of commands that need a tenant and are given none.
    var tenant: String?

    /// Never the token.
    var description: String { urls.joined(separator: ",") }
    var customMirror: Mirror { Mirror(self, children: ["urls": urls]) }

    static let fallback = "http://127.0.0.1:7070"

    static func isURL(_ text: String) -> Bool {
        let rest = text.hasPrefix("https://") ? text.dropFirst(8) : text.hasPrefix("http://") ? text.dropFirst(7) : ""
        return !rest.isEmpty && !rest.hasPrefix("/") && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

/// What flags, environment and config file say together, before the token is read; pure.
struct ConnectionPlan: Sendable, Hashable {
    enum TokenSource: Sendable, Hashable {
        case text(String, origin: String)
        case file(String, origin: String)
        case environment(String, origin: String)
        case none
    }

    var urls: [String]
    var urlOrigin: String
    var token: TokenSource
    var tenant: String?
    var profile: String?
    /// A PEM file of certificate authorities that the control plane's certificate may come from, beside the system's.
    var authorities: Authorities?

    struct Authorities: Sendable, Hashable {
        var path: String
        var origin: String
    }

    /// Flags win; then a profile that was asked for by flag, the environment, the profile of `METACHATCTL_PROFILE`, the
    /// current profile; then the default.
    ///
    /// - Throws: ``CtlFailure`` with the status ``CtlStatus/config``.
    init(
        url: String?, tokenFile: String?, caFile: String? = nil, profile asked: String?,
        environment: [String: String], file: ProfileFile, path: String
    ) throws(CtlFailure) {
        func setting(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let name = asked ?? setting("METACHATCTL_PROFILE") ?? file.current
        let chosen = name.flatMap { file[$0] }
        if let name, chosen == nil {
            let names = file.profiles.map(\.name)
            throw .config(
                "there is no profile \(name) in \(path)",
                hint: names.isEmpty
                    ? "It holds none; metachatctl profile set \(name) --url URL makes one."
                    : "It holds \(names.joined(separator: ", ")).")
        }
        profile = name
        tenant = chosen?.tenant

        let fromProfile = chosen?.url.map { ($0, "the profile \(name ?? "")") }
        let fromEnvironment = setting("METACHAT_CONTROL_URL").map { ($0, "METACHAT_CONTROL_URL") }
        let (text, origin) =
            url.map { ($0, "--url") } ?? (asked == nil ? nil : fromProfile) ?? fromEnvironment ?? fromProfile
            ?? (Connection.fallback, "the default; see metachatctl --help")
        urls = text.split(separator: ",").map { part in
            let url = String(part.drop { $0 == " " })
            return url.hasSuffix("/") ? String(url.dropLast()) : url
        }
        urlOrigin = origin
        guard !urls.isEmpty, urls.allSatisfy(Connection.isURL) else {
            throw .config("\(origin): must be an http:// or https:// URL")
        }

        let profileAuthorities = chosen?.caFile.map { Authorities(path: $0, origin: "the profile \(name ?? "")") }
        authorities =
            caFile.map { Authorities(path: $0, origin: "--ca-file") } ?? (asked == nil ? nil : profileAuthorities)
            ?? setting("METACHAT_CA_FILE").map { Authorities(path: $0, origin: "METACHAT_CA_FILE") }
            ?? profileAuthorities

        let profileToken: TokenSource? = chosen?.token.map { token in
            switch token {
            case .text(let text): .text(text, origin: "the profile \(name ?? "")")
            case .file(let file): .file(file, origin: "the profile \(name ?? "")")
            case .environment(let variable): .environment(variable, origin: "the profile \(name ?? "")")
            }
        }
        let environmentToken: TokenSource? = setting("METACHAT_ADMIN_TOKEN").map {
            .text($0, origin: "METACHAT_ADMIN_TOKEN")
        }
        token =
            tokenFile.map { .file($0, origin: "--token-file") } ?? (asked == nil ? nil : profileToken)
            ?? environmentToken ?? profileToken ?? .none
    }
}
