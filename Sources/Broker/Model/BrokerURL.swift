/// Where the broker is and who we are to it: `amqp://` or `amqps://`, after the RabbitMQ URI specification.
///
/// Parts are percent-decoded. Without a virtual host, or with an empty one, it is `/`. Query: `cacertfile`,
/// `certfile` and `keyfile` (paths to PEM files), `verify` (`verify_peer`, the default, or `verify_none`),
/// `heartbeat` (seconds) and `connection_timeout` (milliseconds). Its description leaves the password out.
package struct BrokerURL: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    package var secure = false
    package var host = "localhost"
    package var port: UInt16 = 5672
    package var user = "guest"
    package var password = "guest"
    package var virtualHost = "/"
    package var certificateAuthority: String?
    package var certificate: String?
    package var key: String?
    package var verify = true
    package var heartbeat: Duration?
    package var connectTimeout: Duration?

    /// What is wrong with a URL; never quotes user, password or the URL as a whole.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        package let description: String

        init(_ description: String) { self.description = description }
    }

    package init(parsing text: String) throws(Fault) {
        guard let colon = text.firstRange(of: "://") else { throw Fault("it must begin with amqp:// or amqps://") }
        switch text[..<colon.lowerBound].lowercased() {
        case "amqp": secure = false
        case "amqps": secure = true
        default: throw Fault("it must begin with amqp:// or amqps://")
        }
        port = secure ? 5671 : 5672

        var rest = text[colon.upperBound...]
        if rest.contains("#") { throw Fault("it must not have a fragment") }
        var query = Substring()
        if let mark = rest.firstIndex(of: "?") {
            query = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        var path = Substring()
        if let slash = rest.firstIndex(of: "/") {
            path = rest[rest.index(after: slash)...]
            rest = rest[..<slash]
        }
        if let at = rest.lastIndex(of: "@") {
            try readCredentials(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        try readAuthority(rest)
        if path.contains("/") { throw Fault("the virtual host must be one segment (write / as %2F)") }
        let name = try Self.decode(path, "the virtual host")
        if name.utf8.count > 255 { throw Fault("the virtual host is longer than 255 bytes") }
        if !name.isEmpty { virtualHost = name }
        for pair in query.split(separator: "&") { try readOption(pair) }
    }

    private mutating func readCredentials(_ text: Substring) throws(Fault) {
        if let colon = text.firstIndex(of: ":") {
            user = try Self.decode(text[..<colon], "the user")
            password = try Self.decode(text[text.index(after: colon)...], "the password")
        } else {
            user = try Self.decode(text, "the user")
            password = ""
        }
    }

    private mutating func readAuthority(_ text: Substring) throws(Fault) {
        var name = text
        var digits: Substring?
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { throw Fault("the address lacks its closing bracket") }
            name = text[text.index(after: text.startIndex)..<end]
            let tail = text[text.index(after: end)...]
            if tail.first == ":" { digits = tail.dropFirst() } else if !tail.isEmpty { throw Fault("a bad host") }
        } else if let colon = text.lastIndex(of: ":") {
            name = text[..<colon]
            digits = text[text.index(after: colon)...]
        }
        let decoded = try Self.decode(name, "the host")
        if !decoded.isEmpty { host = decoded }
        if let digits, !digits.isEmpty {
            guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt16(digits), number > 0 else {
                throw Fault("the port must be a number from 1 to 65535")
            }
            port = number
        }
    }

    private mutating func readOption(_ pair: Substring) throws(Fault) {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let value = try Self.decode(parts.count == 2 ? parts[1] : "", "the value of \(parts[0])")
        switch parts[0] {
        case "cacertfile": certificateAuthority = value
        case "certfile": certificate = value
        case "keyfile": key = value
        case "verify":
            guard value == "verify_peer" || value == "verify_none" else {
                throw Fault("verify must be verify_peer or verify_none")
            }
            verify = value == "verify_peer"
        case "heartbeat":
            guard let seconds = UInt16(value) else { throw Fault("heartbeat must be a number of seconds") }
            heartbeat = .seconds(Int(seconds))
        case "connection_timeout":
            guard let milliseconds = UInt32(value), milliseconds > 0 else {
                throw Fault("connection_timeout must be a number of milliseconds")
            }
            connectTimeout = .milliseconds(Int(milliseconds))
        default:
            throw Fault(
                "an unknown option; known are cacertfile, certfile, keyfile, verify, heartbeat, connection_timeout")
        }
    }

    private static func decode(_ text: Substring, _ what: String) throws(Fault) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(hexValue), let low = iterator.next().flatMap(hexValue) else {
                throw Fault("\(what) has a bad percent escape")
            }
            bytes.append(high << 4 | low)
        }
        guard !bytes.contains(0), let decoded = String(validating: bytes, as: UTF8.self) else {
            throw Fault("\(what) is not UTF-8 text without NUL")
        }
        return decoded
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Scheme, host, port and virtual host; neither user nor password.
    package var description: String {
        let shown = host.contains(":") ? "[\(host)]" : host
        let path = virtualHost == "/" ? "" : "/\(virtualHost)"
        return "\(secure ? "amqps" : "amqp")://\(shown):\(port)\(path)"
    }

    package var debugDescription: String { description }
}

extension BrokerURL: CustomReflectable {
    /// So that `dump` and string interpolation of whatever holds a URL keep the password back too.
    package var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}
