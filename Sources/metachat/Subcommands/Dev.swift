import ArgumentParser
import Logging
import ServiceLifecycle
import UnixSignals

struct Dev: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run everything on this machine: control plane, two nodes, the Graph API simulator.",
        discussion: """
            Without DATABASE_URL and RABBITMQ_URL it starts a private PostgreSQL and RabbitMQ under .local/ in the \
            current folder, on free loopback ports. Data, keys and tokens stay there between runs. A demo tenant with a \
            WhatsApp channel and some documents is made when there is none. Other settings in the environment go on \
            to the programs. Ctrl-C stops all of it.
            """)

    @Option(help: "PostgreSQL 14 or later, libpq URL [DATABASE_URL, default a private server]")
    var databaseURL: String?
    @Option(help: "amqp:// or amqps:// URL [RABBITMQ_URL, default a private server]")
    var rabbitmqURL: String?
    @Option(help: "wanted port of the control plane; the next free one is taken")
    var controlPort = 7070
    @Option(help: "wanted port of the first node")
    var nodePort = 8080
    @Option(help: "wanted port of the simulator and its page")
    var simulatorPort = 7090

    func validate() throws {
        for port in [controlPort, nodePort, simulatorPort] where !(1...65_500).contains(port) {
            throw ValidationError("A port lies between 1 and 65500.")
        }
    }

    func run() async throws {
        var logger = Logger(label: "metachat.dev")
        logger.logLevel = .error
        var order = DevRunner.Order()
        order.databaseURL = Setting.text("DATABASE_URL", databaseURL)
        order.brokerURL = Setting.text("RABBITMQ_URL", rabbitmqURL)
        order.controlPort = controlPort
        order.nodePort = nodePort
        order.simulatorPort = simulatorPort
        let outcome = DevOutcome()
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(
                        service: DevRunner(order: order, outcome: outcome),
                        successTerminationBehavior: .gracefullyShutdownGroup)
                ],
                gracefulShutdownSignals: [.sigterm, .sigint, .sighup], logger: logger))
        try await group.run()
        if let failure = outcome.failure {
            print("metachat dev: \(failure)")
            throw ExitCode.failure
        }
    }
}
