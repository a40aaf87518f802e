import JSONCoding

/// A tenant with one WhatsApp channel, and what the business knows of it.
struct Shop: Sendable {
    let id: String
    let channelID: String
    /// Meta's phone number id.
    let number: String
    var verifyToken: String
    let appSecret: String
    let accessToken: String
    /// The config revision with which it became complete.
    var revision: Int64 = 0

    /// Its numbers, as `webhook-load` writes them.
    static let numberPattern = "10654035224{t}"

    init(_ id: String, index: Int = 0, appSecret: String = Shop.random()) {
        self.id = id
        channelID = "\(id)-wa"
        number = "10654035224\(index)"
        verifyToken = "verify-\(Shop.random())"
        self.appSecret = appSecret
        accessToken = "EAA\(Shop.random())"
    }

    static func random() -> String {
        (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    }

    /// Names of its queues.
    var inbound: String { "\(id):whatsapp:inbound" }
    var outbound: String { "\(id):whatsapp:outbound" }
    var queues: [String] { [inbound, outbound, inbound + ":dead", outbound + ":dead"] }
}

/// A customer's number that no other test uses.
enum Phone {
    static func random() -> String { "4915\(Int.random(in: 100_000_000...999_999_999))" }
}
