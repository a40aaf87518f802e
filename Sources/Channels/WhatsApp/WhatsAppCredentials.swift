package import Domain
import Sealing

/// A WhatsApp channel's credentials: its own secrets first, then its config, then the process's defaults.
///
/// A missing secret verifies nothing. Shows nothing of itself in logs or dumps.
package struct WhatsAppCredentials: WebhookVerifier {
    private struct Token: Sendable {
        var text: String
        var until: Timestamp?
    }

    private struct Key: Sendable {
        var key: HMACKey
        var until: Timestamp?
    }

    private let tokens: [Token]
    private let keys: [Key]
    /// With which we call the Graph API.
    let accessToken: String?

    package init(config: WhatsAppConfig, secrets: ChannelSecrets, defaults: ChannelDefaults.MetaApp) {
        if let secret = secrets["webhookVerifyToken"] {
            tokens = [Token(text: secret.current)] + (secret.previous.map { [Token(text: $0.0, until: $0.1)] } ?? [])
        } else if let token = config.webhookVerifyToken ?? defaults.verifyToken {
            tokens = [Token(text: token)]
        } else {
            tokens = []
        }
        if let secret = secrets["appSecret"] {
            keys =
                [Key(key: HMACKey(secret.current))]
                + (secret.previous.map { [Key(key: HMACKey($0.0), until: $0.1)] } ?? [])
        } else {
            keys = defaults.appSecret.map { [Key(key: $0)] } ?? []
        }
        let own = secrets["accessToken"]?.current ?? ""
        accessToken = own.isEmpty ? defaults.accessToken : own
    }

    package func accepts(verifyToken: String, now: Timestamp) -> Bool {
        tokens.reduce(false) { found, token in
            let fits = ConstantTime.equal(token.text, verifyToken) && !token.text.isEmpty
            return (fits && isInForce(token.until, now)) || found
        }
    }

    package func accepts(signature: String, of body: UnsafeRawBufferPointer, now: Timestamp) -> Bool {
        let inForce = keys.filter { isInForce($0.until, now) }.map(\.key)
        return WebhookSignature.isValid(header: signature, body: body, keys: inForce)
    }

    private func isInForce(_ until: Timestamp?, _ now: Timestamp) -> Bool { until.map { now < $0 } ?? true }
}

extension WhatsAppCredentials: CustomStringConvertible, CustomReflectable {
    package var description: String { "[credentials]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
