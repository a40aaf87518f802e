import ArgumentParser
import Database
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
    enum QueueType: String, CaseIterable { case quorum, classic }

    @Option(help: help("amqp:// or amqps:// URL", "RABBITMQ_URL"))
    var rabbitmqURL: String?
    @Option(help: help("quorum or classic", "METACHAT_QUEUE_TYPE", "quorum"))
    var queueType: String?

    func url() throws -> String {
        let url = try Setting.required("RABBITMQ_URL", rabbitmqURL)
        guard url.hasPrefix("amqp://") || url.hasPrefix("amqps://") else {
            throw SettingError(variable: "RABBITMQ_URL", message: "must begin with amqp:// or amqps://")
        }
        return url
    }

    func type() throws -> QueueType {
        try Setting.oneOf("METACHAT_QUEUE_TYPE", queueType, default: QueueType.quorum)
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
    @Option(help: help("for channels without one", "MESSENGER_VERIFY_TOKEN"))
    var messengerVerifyToken: String?
    @Option(help: help("for channels without one", "MESSENGER_PAGE_ACCESS_TOKEN"))
    var messengerPageAccessToken: String?
    @Option(help: help("for channels without one", "MESSENGER_APP_SECRET"))
    var messengerAppSecret: String?
}
