import Glibc
import Synchronization

/// A RabbitMQ server of the tests' own: on loopback, free ports and a folder in `/tmp`; gone with the test process,
/// even when that is killed (a small shell beside it waits for the end of a pipe).
package final class RabbitServer: Sendable {
    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    /// Files for a TLS listener, readable by everyone.
    package struct TLSFiles: Sendable {
        package let authority: String
        package let certificate: String
        package let key: String

        package init(authority: String, certificate: String, key: String) {
            self.authority = authority
            self.certificate = certificate
            self.key = key
        }
    }

    private struct Running {
        var supervisor: pid_t
        var commands: Int32
    }

    package let port: UInt16
    package let tlsPort: UInt16
    private let folder: String
    private let environment: [String]
    private let running = Mutex<Running?>(nil)
    /// An Erlang machine that boots takes all the processor time there is.
    private static let boots = Places(count: 2)

    package var url: String { "amqp://guest:guest@127.0.0.1:\(port)" }

    /// Starts a server and waits until it answers.
    package static func start(tls: TLSFiles? = nil, configuration: String = "") async throws -> RabbitServer {
        let server = try RabbitServer(tls: tls, configuration: configuration)
        try await server.restart()
        return server
    }

    private init(tls: TLSFiles?, configuration: String) throws {
        let ports = try LoopbackPorts.free(4)
        port = ports[0]
        tlsPort = ports[1]
        var template = Array("/tmp/metachat-rabbit-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Fault(description: "no folder (errno \(errno))") }
        folder = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        var settings = """
            disk_free_limit.absolute = 10MB
            raft.wal_max_size_bytes = 67108864
            log.console = false

            """
        if let tls {
            settings += """
                listeners.ssl.default = 127.0.0.1:\(tlsPort)
                ssl_options.cacertfile = \(tls.authority)
                ssl_options.certfile = \(tls.certificate)
                ssl_options.keyfile = \(tls.key)
                ssl_options.verify = verify_none

                """
        }
        try write(settings + configuration + "\n", to: folder + "/rabbitmq.conf")
        try write("", to: folder + "/env.conf")
        try write("[].", to: folder + "/plugins")
        environment = [
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=\(folder)", "LANG=C.UTF-8", "FOLDER=\(folder)",
            "RABBITMQ_NODENAME=test\(ports[0])@localhost", "RABBITMQ_NODE_IP_ADDRESS=127.0.0.1",
            "RABBITMQ_NODE_PORT=\(ports[0])", "RABBITMQ_DIST_PORT=\(ports[2])", "ERL_EPMD_PORT=\(ports[3])",
            "ERL_EPMD_ADDRESS=127.0.0.1", "RABBITMQ_MNESIA_BASE=\(folder)/data", "RABBITMQ_LOG_BASE=\(folder)/log",
            "RABBITMQ_PID_FILE=\(folder)/pid", "RABBITMQ_CONF_ENV_FILE=\(folder)/env.conf",
            "RABBITMQ_CONFIG_FILE=\(folder)/rabbitmq.conf", "RABBITMQ_ENABLED_PLUGINS_FILE=\(folder)/plugins",
            // With this the script becomes the Erlang machine instead of watching it, so that its pid is the one.
            "RABBITMQ_ALLOW_INPUT=1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-noinput +sbwt none +sbwtdcpu none +sbwtdio none",
        ]
        guard geteuid() == 0 else { return }
        guard let account = getpwnam("rabbitmq") else { throw Fault(description: "no user rabbitmq") }
        for name in ["", "/rabbitmq.conf", "/env.conf", "/plugins"] {
            chown(folder + name, account.pointee.pw_uid, account.pointee.pw_gid)
        }
    }

    deinit {
        if let now = running.withLock({ $0 }) {
            // The pipe's end tells the shell to kill the server and to delete its folder.
            close(now.commands)
            return
        }
        do {
            let child = try Self.launch(["/bin/rm", "-rf", folder], environment, descriptor: nil)
            var status: Int32 = 0
            waitpid(child, &status, 0)
        } catch {
            print("\(folder) is left behind: \(error)")
        }
    }

    /// Starts it again after ``stop()`` or ``kill()``, with the same data and ports, and waits until it answers.
    package func restart(within bound: Duration = .seconds(240)) async throws {
        await Self.boots.enter()
        defer { Self.boots.leave() }
        try spawn()
        let deadline = ContinuousClock.now + bound
        while !LoopbackPorts.answersAMQP(port) {
            if ContinuousClock.now >= deadline { throw Fault(description: "RabbitMQ did not start, see \(folder)/log") }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Stops it as an administrator would (SIGTERM) and waits for its end.
    package func stop() async throws { try await end("term") }

    /// Ends it in the middle of whatever it does (SIGKILL).
    package func kill() async throws { try await end("kill") }

    private func end(_ command: String) async throws {
        guard let now = running.withLock({ $0.take() }) else { return }
        let line = Array("\(command)\n".utf8)
        _ = line.withUnsafeBytes { Glibc.write(now.commands, $0.baseAddress, $0.count) }
        var status: Int32 = 0
        while waitpid(now.supervisor, &status, WNOHANG) == 0 { try await Task.sleep(for: .milliseconds(20)) }
        close(now.commands)
    }

    private static let script = """
        ulimit -n 20000 2>/dev/null
        epmd -port $ERL_EPMD_PORT -address 127.0.0.1 3<&- & epmd=$!
        /usr/lib/rabbitmq/bin/rabbitmq-server >>$FOLDER/out 2>&1 3<&- & beam=$!
        read command <&3
        if [ "$command" = term ]; then kill -TERM $beam; else kill -KILL $beam; fi
        wait $beam
        kill $epmd
        wait $epmd
        [ -n "$command" ] || rm -rf "$FOLDER"
        """

    /// Runs `rabbitmqctl` on this server and waits for its end.
    package func rabbitmqctl(_ arguments: String...) async throws {
        let child = try Self.launch(
            ["/usr/lib/rabbitmq/bin/rabbitmqctl", "--quiet"] + arguments, environment, descriptor: nil)
        var status: Int32 = 0
        while waitpid(child, &status, WNOHANG) == 0 { try await Task.sleep(for: .milliseconds(20)) }
        if status != 0 { throw Fault(description: "rabbitmqctl \(arguments) failed") }
    }

    private func spawn() throws {
        var pipe: [Int32] = [0, 0]
        guard Glibc.pipe(&pipe) == 0 else { throw Fault(description: "no pipe (errno \(errno))") }
        // The writing end must be ours alone: its end is our end.
        _ = fcntl(pipe[0], F_SETFD, FD_CLOEXEC)
        _ = fcntl(pipe[1], F_SETFD, FD_CLOEXEC)
        defer { close(pipe[0]) }
        let child: pid_t
        do {
            child = try Self.launch(["/bin/sh", "-c", Self.script], environment, descriptor: pipe[0])
        } catch {
            close(pipe[1])
            throw error
        }
        running.withLock { $0 = Running(supervisor: child, commands: pipe[1]) }
    }
}

extension RabbitServer {
    /// Starts a program as user `rabbitmq` where we are root, with `descriptor` as its file 3.
    private static func launch(
        _ command: [String], _ environment: [String], descriptor: Int32?
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Nothing of ours but this one file: whoever waits for the end of our output must not wait for the server.
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        if let descriptor {
            posix_spawn_file_actions_adddup2(&actions, descriptor, 3)
        } else {
            posix_spawn_file_actions_addopen(&actions, 3, "/dev/null", O_RDONLY, 0)
        }
        Spawn.closeOthers(&actions, above: 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own: a Ctrl-C at the terminal is for the tests, whose end ends the server.
        posix_spawnattr_setpgroup(&attributes, 0)
        // Threads of the cooperative pool have signals blocked; a shell that does not hear SIGCHLD waits for ever.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGMASK))

        var arguments = command
        if geteuid() == 0 {
            arguments = ["/usr/bin/setpriv", "--reuid=rabbitmq", "--regid=rabbitmq", "--clear-groups"] + arguments
        }
        let argv = arguments.map { strdup($0) } + [nil]
        let envp = environment.map { strdup($0) } + [nil]
        defer { for text in argv + envp { free(text) } }
        var child: pid_t = 0
        let status = posix_spawn(&child, arguments[0], &actions, &attributes, argv, envp)
        guard status == 0 else { throw Fault(description: "cannot start \(arguments[0]) (errno \(status))") }
        return child
    }

    /// The broker for tests that leave it alive: `METACHAT_TEST_RABBITMQ_URL`, or one private server for all of them.
    package static func sharedURL() async throws -> String {
        if let given = getenv("METACHAT_TEST_RABBITMQ_URL") { return String(cString: given) }
        return try await SharedServer.instance.server().url
    }

    private actor SharedServer {
        static let instance = SharedServer()
        private var starting: Task<RabbitServer, any Error>?

        func server() async throws -> RabbitServer {
            if let starting { return try await starting.value }
            let task = Task { try await RabbitServer.start() }
            starting = task
            return try await task.value
        }
    }
}

private func write(_ text: String, to path: String) throws {
    guard let file = fopen(path, "w") else { throw RabbitServer.Fault(description: "cannot write \(path)") }
    fputs(text, file)
    fclose(file)
}
