import Glibc

/// A URL that others give us to call: http or https, without credentials in it, and not on our own networks.
package enum OutboundURL {
    /// Bytes.
    package static let maxLength = 2048

    /// What is wrong with a URL, as the end of "must …"; nil where nothing is.
    ///
    /// Names are not looked up here: who calls the URL checks the addresses it connects to as well.
    ///
    /// - Parameter allowPrivate: whether private, loopback and link-local addresses are fine.
    package static func fault(_ text: String, allowPrivate: Bool) -> String? {
        guard text.utf8.count <= maxLength else { return "have at most \(maxLength) bytes" }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
            let host = host(of: text), !host.isEmpty
        else { return "be an absolute http or https URL with a host and without user name and password" }
        guard allowPrivate || !isPrivate(host: host) else {
            return "not lead to a private, loopback or link-local address"
        }
        return nil
    }

    /// The host, in lower case and without the brackets of an IPv6 address.
    package static func host(of text: String) -> String? {
        let lower = text.lowercased()
        let rest: Substring
        if lower.hasPrefix("https://") {
            rest = lower.dropFirst(8)
        } else if lower.hasPrefix("http://") {
            rest = lower.dropFirst(7)
        } else {
            return nil
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else { return nil }
        let port: Substring
        let host: Substring
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            port = authority[authority.index(after: end)...]
            guard IPAddress(String(host)) != nil, host.contains(":") else { return nil }
        } else {
            let colon = authority.firstIndex(of: ":") ?? authority.endIndex
            host = authority[..<colon]
            port = authority[colon...]
            guard host.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_" }) else {
                return nil
            }
        }
        guard port.isEmpty || (port.first == ":" && UInt16(port.dropFirst()).map { $0 > 0 } ?? false) else {
            return nil
        }
        return String(host)
    }

    private static func isPrivate(host: String) -> Bool {
        var name = host
        while name.hasSuffix(".") { name.removeLast() }
        if let address = IPAddress(name) { return address.isPrivate }
        let last = name.split(separator: ".").last ?? ""
        // "127.1" and "0x7f000001" are addresses to many resolvers; nobody needs them.
        if last.hasPrefix("0x") || last.allSatisfy(\.isNumber) { return true }
        return last == "localhost" || last == "local" || last == "internal" || !name.contains(".")
    }
}

/// An IP address by its bytes.
package struct IPAddress: Sendable, Hashable {
    /// 4 or 16.
    package let bytes: [UInt8]

    /// Reads `192.0.2.1` or `2001:db8::1`; no other forms.
    package init?(_ text: String) {
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            bytes = withUnsafeBytes(of: &v4) { Array($0) }
            return
        }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        bytes = withUnsafeBytes(of: &v6) { Array($0) }
    }

    private init(bytes: some Collection<UInt8>) { self.bytes = Array(bytes) }

    /// Whether it is none of the public internet's: private, loopback, link-local, shared, multicast, reserved; also
    /// where it stands inside an IPv6 address.
    package var isPrivate: Bool {
        guard bytes.count == 16 else { return Self.isPrivate(bytes[0], bytes[1], bytes[2]) }
        let leading = bytes.prefix { $0 == 0 }.count
        if leading >= 15 { return true }
        if leading >= 10, leading >= 12 || (bytes[10] == 0xFF && bytes[11] == 0xFF) {
            return IPAddress(bytes: bytes[12...]).isPrivate
        }
        if bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B]) { return IPAddress(bytes: bytes[12...]).isPrivate }
        if bytes.starts(with: [0x20, 0x02]) { return IPAddress(bytes: bytes[2..<6]).isPrivate }
        return bytes[0] & 0xFE == 0xFC || (bytes[0] == 0xFE && bytes[1] & 0x80 == 0x80) || bytes[0] == 0xFF
    }

    private static func isPrivate(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> Bool {
        switch (a, b, c) {
        case (0, _, _), (10, _, _), (127, _, _), (169, 254, _), (192, 168, _), (192, 0, 0), (224..., _, _): true
        case (100, 64...127, _), (172, 16...31, _), (198, 18...19, _): true
        default: false
        }
    }
}
