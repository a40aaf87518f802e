import ArgumentParser
import Broker
import Channels
import Database
import Domain
import Sealing

/// `--help` names the variable of each flag.
private func help(_ text: String, _ variable: String, _ fallback: String? = nil) -> ArgumentHelp {
    "\(text) [\(variable)\(fallback.map { ", default \($0)" } ?? "")]"
}

struct LogOptions: ParsableArguments {
    @Option(help: help("trace, debug, info, notice, warning, error or critical", "METACHAT_LOG", "info"))
    var log: String?
    @Option(help: help("json or text", "METACHAT_LOG_FORMAT", "text on a terminal, else json"))
    var logFormat: String?
}

struct DatabaseOptions: ParsableArguments {
    @Option(help: help("PostgreSQL 14 or later, libpq URL", "DATABASE_URL"))
    var databaseURL: String?
    @Option(help: help("connections per process", "DATABASE_POOL_SIZE", "8"))
    var databasePoolSize: String?

    func configuration() throws -> PostgresConfiguration {
        let url = try Setting.required("DATABASE_URL", databaseURL)
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://"), PostgresConfiguration.isValid(url: url)
        else {
            throw SettingError(variable: "DATABASE_URL", message: "must be a URL beginning with postgresql://")
        }
        return PostgresConfiguration(url: url)
    }

    func poolSize() throws -> Int {
        try Setting.integer("DATABASE_POOL_SIZE", databasePoolSize, default: 8, in: 1...200)
    }
}

struct BrokerOptions: ParsableArguments {
    @Option(help: help("amqp:// or amqps:// URL", "RABBITMQ_URL"))
    var rabbitmqURL: String?
    @Option(help: help("quorum or classic", "METACHAT_QUEUE_TYPE", "quorum"))
    var queueType: String?

    /// - Parameter name: how the broker's own tools shall call the connections.
    func configuration(name: String) throws -> BrokerConfiguration {
        let text = try Setting.required("RABBITMQ_URL", rabbitmqURL)
        do {
            var configuration = BrokerConfiguration(url: try BrokerURL(parsing: text))
            configuration.queueType = try Setting.oneOf("METACHAT_QUEUE_TYPE", queueType, default: .quorum)
            configuration.connectionName = name
            // A webhook has to be answered within 5 s, also when its queue must be declared first.
            configuration.requestTimeout = .seconds(4)
            return configuration
        } catch let error as BrokerURL.Fault {
            throw SettingError(variable: "RABBITMQ_URL", message: error.description)
        }
    }
}

struct KeyOptions: ParsableArguments {
    @Option(
        help: help(
            "kid:base64(32 bytes), comma-separated; the first seals, all open; `metachat keygen` makes one",
            "METACHAT_MASTER_KEYS"))
    var masterKeys: String?

    func keyring() throws -> Keyring {
        let text = try Setting.required("METACHAT_MASTER_KEYS", masterKeys)
        do {
            return try Keyring(parsing: text)
        } catch {
            throw SettingError(variable: "METACHAT_MASTER_KEYS", message: error.description)
        }
    }
}

struct TLSOptions: ParsableArguments {
    @Option(help: help("PEM file with the certificate chain; serves HTTPS", "METACHAT_TLS_CERT"))
    var tlsCert: String?
    @Option(help: help("PEM file with the private key", "METACHAT_TLS_KEY"))
    var tlsKey: String?
}

struct WorkerOptions: ParsableArguments {
    @Option(help: help("messages in work per inbound consumer", "WORKER_PREFETCH", "5"))
    var workerPrefetch: String?
    @Option(help: help("messages in work per outbound consumer", "SENDER_PREFETCH", "64"))
    var senderPrefetch: String?
    @Option(help: help("retries after the first attempt", "WORKER_MAX_RETRIES", "3"))
    var workerMaxRetries: String?
    @Option(help: help("back-off base in ms, doubled each time", "WORKER_RETRY_BASE_MS", "1000"))
    var workerRetryBaseMs: String?
    @Option(help: help("longest time of one attempt in ms", "WORKER_VISIBILITY_TIMEOUT_MS", "300000"))
    var workerVisibilityTimeoutMs: String?
    @Option(help: help("bound of a graceful shutdown in ms", "WORKER_DRAIN_TIMEOUT_MS", "25000"))
    var workerDrainTimeoutMs: String?

    func prefetch() throws -> Int { try Setting.integer("WORKER_PREFETCH", workerPrefetch, default: 5, in: 1...10_000) }
    func senders() throws -> Int { try Setting.integer("SENDER_PREFETCH", senderPrefetch, default: 64, in: 1...10_000) }
    func maxRetries() throws -> Int {
        try Setting.integer("WORKER_MAX_RETRIES", workerMaxRetries, default: 3, in: 0...100)
    }
    func retryBase() throws -> Int {
        try Setting.integer("WORKER_RETRY_BASE_MS", workerRetryBaseMs, default: 1000, in: 1...60_000)
    }
    func visibilityTimeout() throws -> Int {
        try Setting.integer(
            "WORKER_VISIBILITY_TIMEOUT_MS", workerVisibilityTimeoutMs, default: 300_000, in: 100...86_400_000)
    }
    func drainTimeout() throws -> Int {
        try Setting.integer("WORKER_DRAIN_TIMEOUT_MS", workerDrainTimeoutMs, default: 25_000, in: 1000...600_000)
    }
}

struct GraphOptions: ParsableArguments {
    @Option(help: help("Graph API base", "METACHAT_GRAPH_URL", "https://graph.facebook.com"))
    var graphURL: String?
    @Option(help: help("Graph API version, unless the channel names one", "METACHAT_GRAPH_VERSION", "v26.0"))
    var graphVersion: String?
    @Option(help: help("for channels without one", "WHATSAPP_VERIFY_TOKEN"))
    var whatsappVerifyToken: String?
    @Option(help: help("for channels without one", "WHATSAPP_ACCESS_TOKEN"))
    var whatsappAccessToken: String?
    @Option(help: help("for channels without one", "WHATSAPP_APP_SECRET"))
    var whatsappAppSecret: String?
}

extension GraphOptions {
    func defaults() throws -> ChannelDefaults {
        let version = Setting.text("METACHAT_GRAPH_VERSION", graphVersion) ?? GraphVersion.fallback
        guard GraphVersion.isVersion(version) else {
            throw SettingError(variable: "METACHAT_GRAPH_VERSION", message: "must be a version such as v26.0")
        }
        return ChannelDefaults(
            graphURL: try Setting.url("METACHAT_GRAPH_URL", graphURL, default: "https://graph.facebook.com")!,
            graphVersion: version,
            whatsapp: .init(
                verifyToken: Setting.text("WHATSAPP_VERIFY_TOKEN", whatsappVerifyToken),
                accessToken: Setting.text("WHATSAPP_ACCESS_TOKEN", whatsappAccessToken),
                appSecret: Setting.text("WHATSAPP_APP_SECRET", whatsappAppSecret)))
    }
}
