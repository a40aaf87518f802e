import Broker
import Channels
import DataPlane
import Database
import Domain
import NIOSSL
import Sealing

/// Everything a node is told at its start, read and checked.
struct NodeSettings {
    var roles: [NodeReport.Role]
    var bind: ListenAddress
    var tls: TLSConfiguration?
    /// How control planes are called over HTTPS.
    var controlTLS: TLSConfiguration?
    var controlURLs: [String]
    var nodeToken: String
    var advertiseURL: String?
    var nodeID: String
    var instance: String
    var configCache: String?
    var database: PostgresConfiguration
    var poolSize: Int
    var broker: BrokerConfiguration
    var keyring: Keyring
    var defaults: ChannelDefaults
    var worker: WorkerConfig

    init(_ node: Node) throws {
        tls = try node.tls.configuration()
        controlTLS = try Self.controlTLS(node.controlCA)
        roles = try Self.roles(node.roles)
        bind = try ListenAddress.read("METACHAT_NODE_BIND", node.nodeBind, default: "127.0.0.1:8080")
        let urls = Setting.text("METACHAT_CONTROL_URL", node.controlURL) ?? "http://127.0.0.1:7070"
        controlURLs = try urls.split(separator: ",").compactMap { part in
            try Setting.url("METACHAT_CONTROL_URL", String(part.drop { $0 == " " }))
        }
        guard let token = try Setting.token("METACHAT_NODE_TOKEN", node.nodeToken) else {
            throw SettingError(
                variable: "METACHAT_NODE_TOKEN", message: "is required; set it or give --node-token")
        }
        nodeToken = token
        advertiseURL = try Setting.url("METACHAT_ADVERTISE_URL", node.advertiseURL)
        _ = try Setting.url("METACHAT_PUBLIC_URL", node.publicURL)
        instance = MessageID(at: SystemClock().now()).description
        nodeID = try Self.nodeID(node.nodeID) ?? "node-" + instance.suffix(12)
        configCache = Setting.text("METACHAT_CONFIG_CACHE", node.configCache)
        database = try node.database.configuration()
        poolSize = try node.database.poolSize()
        broker = try node.broker.configuration(name: "metachat node \(nodeID)")
        keyring = try node.keys.keyring()
        defaults = try node.graph.defaults()
        worker = WorkerConfig(
            prefetch: try node.worker.prefetch(), senderPrefetch: try node.worker.senders(),
            maxRetries: try node.worker.maxRetries(),
            retryBaseMilliseconds: Int64(try node.worker.retryBase()),
            attemptMilliseconds: Int64(try node.worker.visibilityTimeout()),
            drainMilliseconds: Int64(try node.worker.drainTimeout()))
    }

    /// The system's certificate authorities, and those that the operator names.
    private static func controlTLS(_ flag: String?) throws -> TLSConfiguration? {
        guard let path = Setting.text("METACHAT_CONTROL_CA", flag) else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.additionalTrustRoots = [
            .certificates(try TLSOptions.certificates(path, "METACHAT_CONTROL_CA"))
        ]
        return configuration
    }

    private static func roles(_ flag: String?) throws -> [NodeReport.Role] {
        guard let text = Setting.text("METACHAT_ROLES", flag) else { return [.edge, .worker] }
        return try text.split(separator: ",").map { part in
            guard let role = NodeReport.Role(rawValue: String(part)) else {
                throw SettingError(variable: "METACHAT_ROLES", message: "must be edge, worker or edge,worker")
            }
            return role
        }
    }

    private static func nodeID(_ flag: String?) throws -> String? {
        guard let text = Setting.text("METACHAT_NODE_ID", flag) else { return nil }
        let fits =
            text.utf8.count <= 40
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
            }
        guard fits else {
            throw SettingError(
                variable: "METACHAT_NODE_ID", message: "must consist of 1 to 40 of A-Z, a-z, 0-9, _ and -")
        }
        return text
    }
}
