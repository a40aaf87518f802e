import ArgumentParser
import Logging
import ServiceLifecycle
import Simulator
import UnixSignals

struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Simulate the Graph API: take what the business sends, play its customers.",
        discussion: """
            A page at / shows the customers' phones. For tests and scripts:

              POST   /{version}/{phone number id}/messages          what the business calls, as at Meta
              POST   /simulator/customers/{phone}/messages          a customer writes: {"text": "…"}; also reply,
                     message (any of Meta's types), messages, batch, duplicates, reorder, parallel, delayMs,
                     ageSeconds, id, replyTo, phoneNumberId, name, wait (for the webhook's answer), post (false: only
                     show body and signature)
              POST   /simulator/faults                              {"match": {to?, text?, kind?, times?}, "respond":
                     {status, code, message?, retryAfter?} | {dropResponse} | {dropRequest} | {delayMs} |
                     {failedStatus: {code}} | {muteStatuses}}; GET lists, DELETE clears
              POST   /simulator/statuses                            {"id", "status", "to", "opaqueData"?}
              POST   /simulator/verify                              asks the webhook URL, as Meta does
              PUT    /simulator/numbers/{id}                        {webhookUrl?, appSecret?, accessToken?, …}
              PATCH  /simulator/settings                            webhookUrl, sentAfterMs, deliveredAfterMs, readAfterMs,
                     duplicateStatuses, reorderStatuses, seed, retryBaseMs, retryCapMs, retryAttempts, webhooksInFlight,
                     statusesPerWebhook, webhookTimeoutMs
              GET    /simulator/messages|rejected|webhooks?after=&limit=&waitMs=    what was taken, refused, posted
              GET    /simulator/state, /simulator/events (server-sent events); DELETE /simulator/log

            Times in milliseconds. It listens on loopback and has no accounts: do not put it on a network.
            """)

    @Option(help: "listener [METACHAT_SIMULATOR_BIND, default 127.0.0.1:7090]")
    var simulatorBind: String?
    @Option(help: "where webhooks go; several URLs, comma-separated, take turns [METACHAT_SIMULATOR_WEBHOOK_URL]")
    var simulatorWebhookURL: String?
    @Option(
        help: """
            the business's numbers, comma-separated, each as id or id=displayed number; without any, every id is taken \
            [METACHAT_SIMULATOR_NUMBERS]
            """)
    var simulatorNumbers: String?
    @Option(help: "the name that customers see [METACHAT_SIMULATOR_BUSINESS, default Demo Business]")
    var simulatorBusiness: String?
    @Option(help: "signs webhooks; without it they go out unsigned [WHATSAPP_APP_SECRET]")
    var whatsappAppSecret: String?
    @Option(help: "what sends must carry; without it any request passes [WHATSAPP_ACCESS_TOKEN]")
    var whatsappAccessToken: String?
    @Option(help: "what /simulator/verify asks with [WHATSAPP_VERIFY_TOKEN]")
    var whatsappVerifyToken: String?
    @Option(help: "ms from a send to its status sent, or off [METACHAT_SIMULATOR_SENT_AFTER_MS, default 20]")
    var simulatorSentAfterMs: String?
    @Option(help: "the same for delivered [METACHAT_SIMULATOR_DELIVERED_AFTER_MS, default 80]")
    var simulatorDeliveredAfterMs: String?
    @Option(help: "the same for read [METACHAT_SIMULATOR_READ_AFTER_MS, default 600]")
    var simulatorReadAfterMs: String?
    @OptionGroup var log: LogOptions

    func run() async throws {
        let server = try reportingSettings {
            try log.bootstrap()
            return SimulatorServer(configuration: try configuration(), logger: Logger(label: "metachat.simulate"))
        }
        let logger = Logger(label: "metachat.simulate")
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }

    private func configuration() throws -> SimulatorConfiguration {
        let address = try ListenAddress.read("METACHAT_SIMULATOR_BIND", simulatorBind, default: "127.0.0.1:7090")
        let business = Setting.text("METACHAT_SIMULATOR_BUSINESS", simulatorBusiness)
        var configuration = SimulatorConfiguration(
            host: address.host, port: address.port,
            appSecret: Setting.text("WHATSAPP_APP_SECRET", whatsappAppSecret),
            verifyToken: Setting.text("WHATSAPP_VERIFY_TOKEN", whatsappVerifyToken),
            accessToken: Setting.text("WHATSAPP_ACCESS_TOKEN", whatsappAccessToken),
            webhookURL: try webhookURL(),
            numbers: try numbers(named: business))
        let settings = SimulatorSettings()
        configuration.settings.sentAfter = try delay(
            "METACHAT_SIMULATOR_SENT_AFTER_MS", simulatorSentAfterMs, settings.sentAfter)
        configuration.settings.deliveredAfter = try delay(
            "METACHAT_SIMULATOR_DELIVERED_AFTER_MS", simulatorDeliveredAfterMs, settings.deliveredAfter)
        configuration.settings.readAfter = try delay(
            "METACHAT_SIMULATOR_READ_AFTER_MS", simulatorReadAfterMs, settings.readAfter)
        return configuration
    }

    private func webhookURL() throws -> String? {
        let variable = "METACHAT_SIMULATOR_WEBHOOK_URL"
        guard let text = Setting.text(variable, simulatorWebhookURL) else { return nil }
        return try text.split(separator: ",").compactMap { try Setting.url(variable, String($0)) }
            .joined(separator: ",")
    }

    private func numbers(named business: String?) throws -> [BusinessNumber] {
        let variable = "METACHAT_SIMULATOR_NUMBERS"
        guard let text = Setting.text(variable, simulatorNumbers) else { return [] }
        return try text.split(separator: ",").map { entry in
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let id = parts[0]
            let valid =
                (1...64).contains(id.utf8.count)
                && id.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                        || $0 == 0x5F || $0 == 0x2D
                }
            guard valid, parts.count == 1 || !parts[1].isEmpty else {
                throw SettingError(variable: variable, message: "must be id or id=number, comma-separated")
            }
            return BusinessNumber(
                id: String(id), displayNumber: parts.count == 2 ? String(parts[1]) : nil, name: business)
        }
    }

    private func delay(_ variable: String, _ flag: String?, _ fallback: Int64?) throws -> Int64? {
        guard let text = Setting.text(variable, flag) else { return fallback }
        if text == "off" { return nil }
        guard let number = Int64(text), (0...86_400_000).contains(number) else {
            throw SettingError(variable: variable, message: "must be off or a number of milliseconds up to 86400000")
        }
        return number
    }
}
