import Domain
import NIOHTTP1

/// A platform's delivery of events, by its request's head.
struct WebhookRequest: Sendable {
    var type: ChannelType
    var tenantID: String
    var signature: String?
    /// The peer wants the connection closed after the answer.
    var closes: Bool
    let arrival = ContinuousClock.now

    private static let prefix = "/api/integrations/"

    /// Nil where the request is none: it is the router's then.
    init?(_ head: HTTPRequestHead) {
        guard head.method == .POST, head.uri.hasPrefix(Self.prefix) else { return nil }
        let rest = head.uri.utf8.dropFirst(Self.prefix.utf8.count)
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        switch Substring(rest[..<slash]) {
        case "whatsapp": type = .whatsapp
        case "messenger": type = .messenger
        default: return nil
        }
        let tenant = rest[rest.index(after: slash)...].prefix { $0 != UInt8(ascii: "?") }
        guard (1...64).contains(tenant.count), tenant.allSatisfy(Self.isIdentifier) else { return nil }
        tenantID = String(Substring(tenant))
        signature = head.headers.first(name: "x-hub-signature-256")
        closes = !head.isKeepAlive
    }

    private static func isIdentifier(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
