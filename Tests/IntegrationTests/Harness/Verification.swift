/// Meta's check of a webhook URL.
enum Verification {
    static let challenge = "1158201444"

    static func get(_ shop: Shop, at node: String, token: String) async throws -> HTTPReply {
        try await HTTP.get(
            "\(node)/api/integrations/whatsapp/\(shop.id)?hub.mode=subscribe&hub.verify_token=\(token)"
                + "&hub.challenge=\(challenge)")
    }
}
