/// A listener's address: `host:port`; an IPv6 host in brackets; port 0 lets the system choose.
struct ListenAddress: Equatable {
    var host: String
    var port: Int

    static func read(_ variable: String, _ flag: String?, default fallback: String) throws -> ListenAddress {
        let value = Setting.text(variable, flag) ?? fallback
        guard let address = ListenAddress(value) else {
            throw SettingError(variable: variable, message: "must be host:port, such as 127.0.0.1:8080 or [::1]:8080")
        }
        return address
    }

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self.host = host
        self.port = port
    }

    var url: String { url(secure: false) }

    func url(secure: Bool) -> String {
        (secure ? "https://" : "http://") + (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
    }
}
