/// A private RabbitMQ under `.local/rabbitmq`, its data kept between runs, with an Erlang port mapper of its own.
struct DevRabbit: Sendable {
    let port: Int
    let password: String
    private let distributionPort: Int
    private let mapperPort: Int
    private let folder: String
    private let privileges: [String]

    var url: String { "amqp://metachat:\(password)@127.0.0.1:\(port)" }

    /// - Throws: ``DevError`` when RabbitMQ is not installed.
    init(folder: DevFolder, ports: inout DevPorts, password: String) async throws {
        guard DevFile.isExecutable(Self.program) else {
            throw DevError(
                "RabbitMQ is not installed. Install it (apt-get install rabbitmq-server), "
                    + "or set RABBITMQ_URL to a server you have.")
        }
        self.password = password
        self.folder = folder.file("rabbitmq")
        port = try ports.next()
        distributionPort = try ports.next()
        mapperPort = try ports.next()
        let account = try Account.ofServer("rabbitmq")
        try DevFile.makeFolder(self.folder, mode: 0o700, owner: account)
        let settings = """
            listeners.tcp.default = 127.0.0.1:\(port)
            default_user = metachat
            default_pass = \(password)
            disk_free_limit.absolute = 50MB
            raft.wal_max_size_bytes = 67108864
            log.console = true
            log.console.level = warning
            log.file = false

            """
        try DevFile.write(settings, to: self.folder + "/rabbitmq.conf", owner: account)
        try DevFile.write("[].\n", to: self.folder + "/plugins", owner: account)
        try DevFile.write("ulimit -n 20000 2>/dev/null || true\n", to: self.folder + "/env.conf", owner: account)
        privileges = try await DevPrivileges.prefix(for: account, reaching: self.folder)
    }

    private static let program = "/usr/lib/rabbitmq/bin/rabbitmq-server"

    /// Starts before the server, which would else start one that outlives everything.
    var portMapper: ChildSpec {
        ChildSpec(
            name: "epmd", command: privileges + ["epmd", "-port", "\(mapperPort)", "-address", "127.0.0.1"],
            environment: environment, folder: "/", grace: 2)
    }

    var server: ChildSpec {
        ChildSpec(
            name: "rabbitmq", command: privileges + [Self.program], environment: environment, folder: "/", grace: 20)
    }

    var isReady: Bool { DevPorts.answersAMQP(port) }

    private var environment: [String: String] {
        [
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": folder,
            "ERL_EPMD_PORT": "\(mapperPort)", "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": "metachat@localhost", "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": "\(port)", "RABBITMQ_DIST_PORT": "\(distributionPort)",
            "RABBITMQ_MNESIA_BASE": folder + "/data", "RABBITMQ_LOG_BASE": folder + "/log",
            "RABBITMQ_PID_FILE": folder + "/pid", "RABBITMQ_CONFIG_FILE": folder + "/rabbitmq.conf",
            "RABBITMQ_CONF_ENV_FILE": folder + "/env.conf", "RABBITMQ_ENABLED_PLUGINS_FILE": folder + "/plugins",
            // With this the script becomes the Erlang machine instead of watching it, so that its process is the one.
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-noinput +sbwt none +sbwtdcpu none +sbwtdio none",
        ]
    }
}
