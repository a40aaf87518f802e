import Channels
package import Domain

/// The readers of the platforms' webhook bodies.
package enum WebhookParsers {
    package static let all: [ChannelType: WebhookParser] = [.whatsapp: whatsapp]

    private static let whatsapp: WebhookParser = { document, now, resolve in
        let webhook: WhatsAppWebhook
        do {
            webhook = try WhatsAppWebhook.parse(document, now: now) { number in
                resolve(number).map { .init(tenantID: $0.channel.tenantID, channelID: $0.channel.id) }
            }
        } catch {
            return nil
        }
        var body = WebhookBody()
        body.messages = webhook.messages
        body.statuses = webhook.statuses
        body.foreign = webhook.foreign
        body.malformed = webhook.malformed
        body.ignored = webhook.ignored
        body.errors = webhook.errors.map { "\($0.code.map(String.init) ?? "no code"): \($0.text ?? "no text")" }
        return body
    }
}
