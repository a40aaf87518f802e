package import JSONCoding

/// A channel's config, read and checked. Closed: unknown members are faults.
package enum ChannelConfig: Sendable, Hashable {
    case whatsapp(WhatsAppConfig)
    case messenger(MessengerConfig)
    case webchat(WebChatConfig)

    package static func read(_ type: ChannelType, _ reader: JSONReader) -> ChannelConfig? {
        switch type {
        case .whatsapp: WhatsAppConfig(reading: reader).map(ChannelConfig.whatsapp)
        case .messenger: MessengerConfig(reading: reader).map(ChannelConfig.messenger)
        case .webchat: WebChatConfig(reading: reader).map(ChannelConfig.webchat)
        }
    }

    /// Into how many queues each direction of this channel's type is split.
    package var partitions: Int {
        switch self {
        case .whatsapp(let config): config.partitions
        case .messenger(let config): config.partitions
        case .webchat: 1
        }
    }
}

package struct WhatsAppConfig: Sendable, Hashable {
    package var phoneNumberID: String
    package var businessAccountID: String
    package var webhookVerifyToken: String?
    /// `vNN.N`; the process's default where absent.
    package var graphVersion: String?
    package var partitions: Int
    /// Messages a second this number may send; Meta's default is 80.
    package var messagesPerSecond: Double

    package init?(reading reader: JSONReader) {
        let read = reader.object { object -> WhatsAppConfig? in
            let phoneNumberID = object.required("phoneNumberId") { $0.identifier() }
            let businessAccountID = object.required("businessAccountId") { $0.identifier() }
            let verifyToken = object.optional("webhookVerifyToken") { $0.string(1...256) }
            let version = object.optional("graphVersion", GraphVersion.read)
            let partitions = object.optional("partitions") { $0.integer(in: 1...64) }
            let rate = object.optional("messagesPerSecond") { reader -> Double? in
                guard let rate = reader.number(in: 0...100_000) else { return nil }
                return rate > 0 ? rate : reader.fault("must be above 0")
            }
            guard let phoneNumberID, let businessAccountID else { return nil }
            return WhatsAppConfig(
                phoneNumberID: phoneNumberID, businessAccountID: businessAccountID, webhookVerifyToken: verifyToken,
                graphVersion: version, partitions: Int(partitions ?? 1), messagesPerSecond: rate ?? 80)
        }
        guard let read else { return nil }
        self = read
    }

    package init(
        phoneNumberID: String, businessAccountID: String, webhookVerifyToken: String? = nil,
        graphVersion: String? = nil, partitions: Int = 1, messagesPerSecond: Double = 80
    ) {
        self.phoneNumberID = phoneNumberID
        self.businessAccountID = businessAccountID
        self.webhookVerifyToken = webhookVerifyToken
        self.graphVersion = graphVersion
        self.partitions = partitions
        self.messagesPerSecond = messagesPerSecond
    }
}

package struct MessengerConfig: Sendable, Hashable {
    package var pageID: String
    package var verifyToken: String?
    package var graphVersion: String?
    package var partitions: Int

    package init?(reading reader: JSONReader) {
        let read = reader.object { object -> MessengerConfig? in
            let pageID = object.required("pageId") { $0.identifier() }
            let verifyToken = object.optional("verifyToken") { $0.string(1...256) }
            let version = object.optional("graphVersion", GraphVersion.read)
            let partitions = object.optional("partitions") { $0.integer(in: 1...64) }
            guard let pageID else { return nil }
            return MessengerConfig(
                pageID: pageID, verifyToken: verifyToken, graphVersion: version, partitions: Int(partitions ?? 1))
        }
        guard let read else { return nil }
        self = read
    }

    package init(pageID: String, verifyToken: String? = nil, graphVersion: String? = nil, partitions: Int = 1) {
        self.pageID = pageID
        self.verifyToken = verifyToken
        self.graphVersion = graphVersion
        self.partitions = partitions
    }
}

package struct WebChatConfig: Sendable, Hashable {
    package var enabled: Bool
    package var allowedOrigins: [String]
    package var token: String?
    package var theme: JSONObject
    package var initialMessage: String?
    package var quickReplies: [MessageContent.QuickReply]
    package var locale: String?
    package var agentName: String?
    package var composerPlaceholder: String?

    package init?(reading reader: JSONReader) {
        let read = reader.object { object -> WebChatConfig? in
            let enabled = object.optional("enabled") { $0.bool() }
            let origins = object.optional("allowedOrigins") { $0.array(max: 200, Self.origin) }
            return WebChatConfig(
                enabled: enabled ?? true, allowedOrigins: origins ?? [],
                token: object.optional("token") { $0.string(1...256) },
                theme: object.optional("theme", Self.theme) ?? [:],
                initialMessage: object.optional("initialMessage") { $0.string(0...4096) },
                quickReplies: object.optional("quickReplies") {
                    $0.array(max: 13, MessageContent.QuickReply.init(reading:))
                } ?? [],
                locale: object.optional("locale") { $0.string(2...35) },
                agentName: object.optional("agentName") { $0.string(0...200) },
                composerPlaceholder: object.optional("composerPlaceholder") { $0.string(0...200) })
        }
        guard let read else { return nil }
        self = read
    }

    private init(
        enabled: Bool, allowedOrigins: [String], token: String?, theme: JSONObject, initialMessage: String?,
        quickReplies: [MessageContent.QuickReply], locale: String?, agentName: String?, composerPlaceholder: String?
    ) {
        self.enabled = enabled
        self.allowedOrigins = allowedOrigins
        self.token = token
        self.theme = theme
        self.initialMessage = initialMessage
        self.quickReplies = quickReplies
        self.locale = locale
        self.agentName = agentName
        self.composerPlaceholder = composerPlaceholder
    }

    /// `*`, or scheme, host and optional port without a path.
    private static func origin(_ reader: JSONReader) -> String? {
        reader.string(1...300, that: "be * or an origin such as https://www.example.com") { text in
            if text == "*" { return true }
            let rest: Substring
            if text.hasPrefix("https://") {
                rest = text.dropFirst(8)
            } else if text.hasPrefix("http://") {
                rest = text.dropFirst(7)
            } else {
                return false
            }
            return !rest.isEmpty
                && rest.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x2F && $0 != 0x3F && $0 != 0x23 }
        }
    }

    private static func theme(_ reader: JSONReader) -> JSONObject? {
        reader.object { object -> JSONObject? in
            for name in ["primaryColor", "backgroundColor", "textColor", "borderRadius"] {
                _ = object.optional(name) { $0.string(0...64) }
            }
            _ = object.optional("showBranding") { $0.bool() }
            _ = object.optional("mode") {
                $0.string(0...16, that: "be light, dark or auto", ["light", "dark", "auto"].contains)
            }
            return reader.value.object
        }
    }
}

/// A version of the Graph API: `v` with major and minor number.
package enum GraphVersion {
    package static let fallback = "v26.0"

    package static func read(_ reader: JSONReader) -> String? {
        reader.string(0...16, that: "be a Graph API version such as \(fallback)", isVersion)
    }

    package static func isVersion(_ text: String) -> Bool {
        let parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        return text.hasPrefix("v") && parts.count == 2
            && parts.allSatisfy { !$0.isEmpty && $0.count <= 3 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    }
}
