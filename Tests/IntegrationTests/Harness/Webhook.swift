import Encodings
import Glibc
import JSONCoding
import Sealing

/// A WhatsApp webhook of the shape that Meta documents, signed as Meta signs it.
struct Webhook: Sendable {
    let path: String
    let body: [UInt8]
    let signature: String

    /// - Parameters:
    ///   - shop: whose path it goes to.
    ///   - messages: wamid and text each.
    init(shop: Shop, from phone: String, messages: [(wamid: String, text: String)], at seconds: Int64 = .now) {
        let value: JSONValue = [
            "messaging_product": "whatsapp",
            "metadata": ["display_phone_number": "15550783881", "phone_number_id": .string(shop.number)],
            "contacts": [["profile": ["name": "Zoë Customer"], "wa_id": .string(phone)]],
            "messages": .array(
                messages.map { message in
                    [
                        "from": .string(phone), "id": .string(message.wamid), "timestamp": .string("\(seconds)"),
                        "text": ["body": .string(message.text)], "type": "text",
                    ]
                }),
        ]
        let body: JSONValue = [
            "object": "whatsapp_business_account",
            "entry": [["id": "102290129340398", "changes": [["value": value, "field": "messages"]]]],
        ]
        self.init(shop: shop, raw: body.serialized())
    }

    init(shop: Shop, from phone: String, wamid: String = Webhook.wamid(), _ text: String) {
        self.init(shop: shop, from: phone, messages: [(wamid, text)])
    }

    init(shop: Shop, raw body: [UInt8], secret: String? = nil) {
        path = "/api/integrations/whatsapp/\(shop.id)"
        self.body = body
        signature = WebhookSignature.header(for: body, key: HMACKey(secret ?? shop.appSecret))
    }

    static func wamid() -> String {
        "wamid.HBgL" + Base64.encode((0..<18).map { _ in UInt8.random(in: 0...255) })
    }

    @discardableResult
    func post(to node: String, signature: String? = nil, within bound: Duration = .seconds(90)) async throws
        -> HTTPReply
    {
        try await HTTP.send(
            "POST", node + path,
            headers: [
                ("content-type", "application/json"), ("x-hub-signature-256", signature ?? self.signature),
                ("user-agent", "facebookexternalua"),
            ], body: body, within: bound)
    }
}

extension Int64 {
    /// Seconds since 1970.
    static var now: Int64 { Int64(time(nil)) }
}
