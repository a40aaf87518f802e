/// How a simulator starts. Everything but the listener can be changed later over HTTP.
package struct SimulatorConfiguration: Sendable {
    /// Host to listen on; loopback unless told otherwise.
    package var host: String
    /// 0 takes any free port.
    package var port: Int
    /// Signs webhooks of numbers that have no secret of their own; without one they go out unsigned.
    package var appSecret: String?
    /// What a webhook URL must answer to, in Meta's `hub.verify_token`.
    package var verifyToken: String?
    /// The bearer token that sends must carry; nil lets any request pass.
    package var accessToken: String?
    /// Where webhooks of numbers without a URL of their own go; without one they go nowhere. Several URLs, separated
    /// by commas, take turns.
    package var webhookURL: String?
    /// The business's numbers. With an empty list every phone number id is taken.
    package var numbers: [BusinessNumber]
    package var settings: SimulatorSettings

    package init(
        host: String = "127.0.0.1", port: Int = 0, appSecret: String? = nil, verifyToken: String? = nil,
        accessToken: String? = nil, webhookURL: String? = nil, numbers: [BusinessNumber] = [],
        settings: SimulatorSettings = SimulatorSettings()
    ) {
        self.host = host
        self.port = port
        self.appSecret = appSecret
        self.verifyToken = verifyToken
        self.accessToken = accessToken
        self.webhookURL = webhookURL
        self.numbers = numbers
        self.settings = settings
    }
}

/// One WhatsApp number of a business, as Meta knows it.
package struct BusinessNumber: Sendable, Hashable {
    /// Meta's id of the number: the one in the Graph API's path.
    package var id: String
    /// The number as people read it.
    package var displayNumber: String
    package var businessAccountID: String
    package var name: String
    /// These four win over the simulator's own.
    package var webhookURL: String?
    package var appSecret: String?
    package var accessToken: String?
    package var verifyToken: String?

    package init(
        id: String, displayNumber: String? = nil, businessAccountID: String? = nil, name: String? = nil,
        webhookURL: String? = nil, appSecret: String? = nil, accessToken: String? = nil, verifyToken: String? = nil
    ) {
        self.id = id
        self.displayNumber = displayNumber ?? "15550100000"
        self.businessAccountID = businessAccountID ?? "100000000000001"
        self.name = name ?? "Demo Business"
        self.webhookURL = webhookURL
        self.appSecret = appSecret
        self.accessToken = accessToken
        self.verifyToken = verifyToken
    }
}

/// How the simulated platform behaves.
package struct SimulatorSettings: Sendable, Hashable {
    /// Milliseconds from accepting a message to each of its statuses; nil leaves the status out.
    package var sentAfter: Int64? = 20
    package var deliveredAfter: Int64? = 80
    package var readAfter: Int64? = 600
    /// Most statuses in one webhook: those that fall due together, or wait for a free connection, share a body.
    package var statusesPerWebhook = 100
    /// Chance, 0 to 1, that a status is posted a second time.
    package var duplicateStatuses = 0.0
    /// Chance, 0 to 1, that a message's statuses come in the wrong order.
    package var reorderStatuses = 0.0
    /// Webhooks under way at one time.
    package var webhooksInFlight = 64
    /// Milliseconds until a refused webhook is posted again; doubles each time, up to the cap.
    package var retryBase: Int64 = 500
    package var retryCap: Int64 = 60_000
    /// Attempts after which a webhook is given up.
    package var retryAttempts = 14
    /// Milliseconds a webhook's receiver has for its answer.
    package var webhookTimeout: Int64 = 20_000

    package init() {}
}

/// What the simulator keeps at most.
enum SimulatorLimits {
    static let messagesKept = 200_000
    static let messageBytesKept = 256 << 20
    static let webhooksKept = 50_000
    static let webhookBytesKept = 64 << 20
    static let rejectionsKept = 10_000
    static let eventsKept = 20_000
    static let eventBytesKept = 32 << 20
    static let faults = 1_000
    static let numbers = 10_000
    /// Webhooks waiting for their time, their turn or their next attempt.
    static let webhooksPending = 400_000
    static let requestBytes = 1 << 20
    static let messagesPerRequest = 1_000
    static let duplicates = 100
}
