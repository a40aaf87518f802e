package import Domain

/// Makes the adapter of a channel. A new channel type is one folder and one line in here.
package struct AdapterRegistry: Sendable {
    package struct Built: Sendable {
        package var adapter: any ChannelAdapter
        /// nil for channels without webhooks.
        package var webhook: (any WebhookVerifier)?
    }

    package enum Refusal: Error, Sendable, Hashable {
        /// This version of the program knows the type and cannot serve it yet. Such a channel is unusable; nothing
        /// else suffers from it.
        case notSupportedYet(ChannelType)
    }

    private let defaults: ChannelDefaults

    package init(defaults: ChannelDefaults) { self.defaults = defaults }

    package func build(_ channel: Channel, _ config: ChannelConfig, _ secrets: ChannelSecrets) throws(Refusal) -> Built
    {
        switch config {
        case .whatsapp(let config): .whatsapp(config, secrets, defaults)
        case .messenger, .webchat: throw .notSupportedYet(channel.type)
        }
    }
}

extension AdapterRegistry.Built {
    fileprivate static func whatsapp(
        _ config: WhatsAppConfig, _ secrets: ChannelSecrets, _ defaults: ChannelDefaults
    ) -> Self {
        let credentials = WhatsAppCredentials(config: config, secrets: secrets, defaults: defaults.whatsapp)
        let adapter = WhatsAppAdapter(config: config, credentials: credentials, defaults: defaults)
        return Self(adapter: adapter, webhook: credentials)
    }
}
