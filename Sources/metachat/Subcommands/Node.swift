import ArgumentParser
import AsyncHTTPClient
import Broker
import Channels
import ConfigSync
import DataPlane
import Database
import Domain
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Observability
import Sealing
import ServiceLifecycle

struct Node: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a data-plane node: webhooks, workers, senders.",
        discussion: "Stateless; run as many as you like behind a load balancer.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var broker: BrokerOptions
    @OptionGroup var keys: KeyOptions
    @OptionGroup var graph: GraphOptions
    @OptionGroup var worker: WorkerOptions
    @OptionGroup var tls: TLSOptions
    @OptionGroup var log: LogOptions

    @Option(help: "edge, worker or both, comma-separated [METACHAT_ROLES, default edge,worker]")
    var roles: String?
    @Option(help: "address of the listener [METACHAT_NODE_BIND, default 127.0.0.1:8080]")
    var nodeBind: String?
    @Option(
        help: "control planes, comma-separated, tried in order [METACHAT_CONTROL_URL, default http://127.0.0.1:7070]")
    var controlURL: String?
    @Option(help: "PEM file of certificate authorities that control planes may have, too [METACHAT_CONTROL_CA]")
    var controlCA: String?
    @Option(help: "bearer token for the config snapshot [METACHAT_NODE_TOKEN]")
    var nodeToken: String?
    @Option(help: "public base URL of the data plane [METACHAT_PUBLIC_URL, default from the request]")
    var publicURL: String?
    @Option(help: "address at which other nodes reach this one [METACHAT_ADVERTISE_URL, default http:// and the bind]")
    var advertiseURL: String?
    @Option(help: "stable name, [A-Za-z0-9_-]{1,40} [METACHAT_NODE_ID, default generated]")
    var nodeID: String?
    @Option(
        help: "file for a sealed copy of the config, to start while the control plane is down [METACHAT_CONFIG_CACHE]")
    var configCache: String?

    func run() async throws {
        let settings = try reportingSettings {
            try log.bootstrap()
            return try NodeSettings(self)
        }
        let logger = Logger(label: "metachat.node")
        let registry = Process.startMetrics()
        let services = try NodeServices(settings, metrics: registry, logger: logger)
        try await Process.run(
            services.all, bound: .milliseconds(Int64(settings.worker.drainMilliseconds)), logger: logger)
    }
}
