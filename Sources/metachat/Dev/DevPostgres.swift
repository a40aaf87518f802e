import Glibc

/// A private PostgreSQL under `.local/postgres`, its data kept between runs.
struct DevPostgres: Sendable {
    let port: Int
    let password: String
    private let folder: String
    private let account: Account?
    private let privileges: [String]
    private let binaries: String

    var url: String { "postgresql://metachat:\(password)@127.0.0.1:\(port)/metachat?sslmode=disable" }

    /// - Throws: ``DevError`` when PostgreSQL is not installed or the data is another version's.
    init(folder: DevFolder, port: Int, password: String) async throws {
        self.port = port
        self.password = password
        self.folder = folder.file("postgres")
        let version = DevFile.read(self.folder + "/data/PG_VERSION")?.split(separator: "\n").first.map(String.init)
        binaries = try Self.binaries(version: version)
        account = try Account.ofServer("postgres")
        try DevFile.makeFolder(self.folder, mode: 0o700, owner: account)
        privileges = try await DevPrivileges.prefix(for: account, reaching: self.folder)
    }

    private static func binaries(version: String?) throws -> String {
        let root = "/usr/lib/postgresql"
        let installed = DevFile.list(root).compactMap(Int.init).sorted().filter {
            $0 >= 14 && DevFile.isExecutable("\(root)/\($0)/bin/initdb")
        }
        if let version {
            guard installed.contains(where: { "\($0)" == version }) else {
                throw DevError(
                    "the data in .local/postgres was written by PostgreSQL \(version), which is not installed. "
                        + "Install postgresql-\(version), or remove .local to start anew.")
            }
            return "\(root)/\(version)/bin"
        }
        guard let newest = installed.last else {
            throw DevError(
                "PostgreSQL 14 or later is not installed. Install it (apt-get install postgresql), "
                    + "or set DATABASE_URL to a server you have.")
        }
        return "\(root)/\(newest)/bin"
    }

    /// Makes the data folder, the first time.
    func prepare(lock: String, stop: Gate) async throws {
        guard !DevFile.exists(folder + "/data/PG_VERSION") else { return }
        let passwordFile = folder + "/password"
        try DevFile.write(password, to: passwordFile, owner: account)
        defer { unlink(passwordFile) }
        // A folder that an interrupted first run left behind.
        try await run(["rm", "-rf", folder + "/new"], lock: lock, stop: stop)
        try await run(
            [
                binaries + "/initdb", "-D", folder + "/new", "-U", "metachat", "-A", "scram-sha-256", "--pwfile",
                passwordFile, "-E", "UTF8", "--locale=C.UTF-8",
            ], lock: lock, stop: stop)
        guard rename(folder + "/new", folder + "/data") == 0 else {
            throw DevError("cannot rename \(folder)/new: \(String(cString: strerror(errno)))")
        }
    }

    var server: ChildSpec {
        ChildSpec(
            name: "postgres",
            command: privileges + [
                binaries + "/postgres", "-D", folder + "/data", "-p", "\(port)", "-c", "listen_addresses=127.0.0.1",
                "-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "logging_collector=off",
            ],
            environment: environment, folder: "/", stopSignal: "INT")
    }

    /// Whether it takes connections.
    func isReady(lock: String, stop: Gate) async -> Bool {
        let spec = ChildSpec(
            name: "pg_isready", command: [binaries + "/pg_isready", "-q", "-h", "127.0.0.1", "-p", "\(port)"],
            environment: environment, folder: "/")
        do { return try await ChildProcess.run(spec, lock: lock, stop: stop, line: { _ in }) == 0 } catch {
            return false
        }
    }

    /// Makes the database, the first time.
    func createDatabase(lock: String, stop: Gate) async throws {
        let psql = [
            binaries + "/psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", "\(port)", "-U", "metachat",
            "-d", "postgres", "-c",
        ]
        let found = try await run(
            psql + ["SELECT 1 FROM pg_database WHERE datname = 'metachat'"], lock: lock, stop: stop)
        if found.first == "1" { return }
        try await run(psql + ["CREATE DATABASE metachat"], lock: lock, stop: stop)
    }

    private var environment: [String: String] {
        ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": folder, "PGPASSWORD": password]
    }

    @discardableResult
    private func run(_ command: [String], lock: String, stop: Gate) async throws -> [String] {
        let name = command[0].split(separator: "/").last.map(String.init) ?? command[0]
        let spec = ChildSpec(name: name, command: privileges + command, environment: environment, folder: "/")
        return try await ChildProcess.output(of: spec, lock: lock, stop: stop)
    }
}
