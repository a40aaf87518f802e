/// One control plane as the config file names it.
struct Profile: Sendable, Hashable {
    enum Token: Sendable, Hashable {
        case text(String)
        case file(String)
        case environment(String)
    }

    var url: String?
    var token: Token?
    var tenant: String?
    /// PEM file of certificate authorities.
    var caFile: String?
}

/// The config file: `current: NAME` and `profiles: {NAME: {url, token | tokenFile | tokenEnv, tenant, caFile}}`.
struct ProfileFile: Sendable, Hashable {
    var current: String?
    /// By name, in the file's order.
    var profiles: [(name: String, profile: Profile)] = []

    subscript(_ name: String) -> Profile? {
        get { profiles.first { $0.name == name }?.profile }
        set {
            let index = profiles.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): profiles[index].profile = value
            case (let index?, nil): profiles.remove(at: index)
            case (nil, let value?): profiles.append((name, value))
            case (nil, nil): break
            }
        }
    }

    var holdsToken: Bool { profiles.contains { if case .text? = $0.profile.token { true } else { false } } }

    static func == (left: ProfileFile, right: ProfileFile) -> Bool {
        left.current == right.current && left.profiles.elementsEqual(right.profiles) { $0 == $1 }
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(current)
        hasher.combine(profiles.map(\.name))
    }
}

extension ProfileFile {
    /// `METACHATCTL_CONFIG`, else in `XDG_CONFIG_HOME`, else in `~/.config`.
    static func path(_ environment: [String: String]) -> String? {
        func setting(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let path = setting("METACHATCTL_CONFIG") { return path }
        if let folder = setting("XDG_CONFIG_HOME") { return folder + "/metachat/ctl.yaml" }
        return setting("HOME").map { $0 + "/.config/metachat/ctl.yaml" }
    }

    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || $0 == 0x5F || $0 == 0x2D || $0 == 0x2E
            }
    }
}
