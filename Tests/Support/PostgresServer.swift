import Foundation
import Glibc
import Synchronization

/// A private PostgreSQL for tests: its own data in a temporary folder, on a free loopback port.
///
/// A shell that reads orders from a pipe keeps it; when this process goes, however it goes, the pipe closes, and the
/// shell stops the server and removes the folder.
package final class PostgresServer: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    package let port: Int
    package let folder: String
    private let pipe: Mutex<Pipe>

    private struct Pipe {
        var orders: FileHandle
        var answers: FileHandle
        var rest: [UInt8] = []
    }

    /// The connection URL of a database on this server.
    package func url(database: String = "postgres") -> String {
        "postgresql://metachat@127.0.0.1:\(port)/\(database)?sslmode=disable"
    }

    /// Starts a server.
    ///
    /// - Parameter durable: Whether commits wait for the disk; only where that is measured.
    package init(durable: Bool = false) throws {
        guard let binaries = Self.binaries else { throw Failure(description: "no PostgreSQL server is installed") }
        port = Int(try LoopbackPorts.free(1)[0])
        var template = Array("/tmp/metachat-postgres-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "no temporary folder") }
        folder = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", Self.keeper, "keeper", binaries, folder, "\(port)", durable ? "on" : "off"]
        let (orders, answers) = (Foundation.Pipe(), Foundation.Pipe())
        process.standardInput = orders
        process.standardOutput = answers
        process.standardError = answers
        // No other child of this process may keep the pipe open.
        _ = fcntl(orders.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try process.run()
        pipe = Mutex(Pipe(orders: orders.fileHandleForWriting, answers: answers.fileHandleForReading))
        try order("init")
        try order("start")
    }

    deinit { try? pipe.withLock { try $0.orders.close() } }

    /// Starts the server again after ``stop()`` or ``kill()``; returns when it takes connections.
    package func start() throws { try order("start") }

    /// Ends sessions politely (57P01), then stops.
    package func stop() throws { try order("stop") }

    /// Kills every process of the server, as a crash would.
    package func kill() throws { try order("kill") }

    /// Runs SQL with psql; gives what it prints.
    @discardableResult
    package static func psql(_ url: String, _ sql: String) throws -> String {
        let (process, output) = try start(url, sql)
        let text = String(decoding: try output.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: "psql: \(text)") }
        return text
    }

    /// Runs SQL with psql beside whatever else is done, in one session, until it or the server ends.
    package static func startPsql(_ url: String, _ sql: String) throws { _ = try start(url, sql) }

    private static func start(_ url: String, _ sql: String) throws -> (Process, FileHandle) {
        guard let binaries else { throw Failure(description: "no psql is installed") }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: binaries + "/psql")
        process.arguments = ["-XqAt", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]
        let output = Foundation.Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return (process, output.fileHandleForReading)
    }

    private func order(_ word: String) throws {
        try pipe.withLock { pipe in
            try pipe.orders.write(contentsOf: Array("\(word)\n".utf8))
            var said: [String] = []
            while true {
                while let end = pipe.rest.firstIndex(of: UInt8(ascii: "\n")) {
                    let line = String(decoding: pipe.rest[..<end], as: UTF8.self)
                    pipe.rest.removeSubrange(...end)
                    if line == "#ok" { return }
                    if line == "#failed" {
                        throw Failure(description: "\(word): \(said.suffix(20).joined(separator: "\n"))")
                    }
                    said.append(line)
                }
                let data = pipe.answers.availableData
                guard !data.isEmpty else {
                    throw Failure(description: "the server's keeper is gone: \(said.joined(separator: "\n"))")
                }
                pipe.rest += data
            }
        }
    }

    /// The folder with `initdb` and `postgres` of the newest version installed.
    private static let binaries: String? = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.compactMap(Int.init).sorted().last.map { "\(root)/\($0)/bin" }
    }()

    private static let keeper = #"""
        bin=$1 dir=$2 port=$3 durable=$4
        trap '' INT TERM HUP
        as() {
            if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
        }
        run() {
            case $1 in
            init)
                if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; fi
                as "$bin/initdb" -D "$dir/data" -U metachat -A trust -E UTF8 --locale=C.UTF-8 --no-sync &&
                    as tee -a "$dir/data/postgresql.conf" <<END
        listen_addresses = '127.0.0.1'
        port = $port
        unix_socket_directories = '$dir'
        max_connections = 300
        fsync = $durable
        synchronous_commit = $durable
        full_page_writes = $durable
        shared_buffers = 128MB
        autovacuum_naptime = 10s
        logging_collector = off
        END
                ;;
            start) as "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 180 -s start || { tail -20 "$dir/log"; false; } ;;
            stop) as "$bin/pg_ctl" -D "$dir/data" -m fast -w -t 180 -s stop ;;
            kill)
                postmaster=$(head -n 1 "$dir/data/postmaster.pid")
                # Stopped first, so that it has no new children behind our back: one that outlived it would hold its
                # shared memory, and keep the next one from starting. A zombie that nobody reaps is gone, too.
                kill -STOP $postmaster
                all="$postmaster $(ps -o pid= --ppid "$postmaster")"
                kill -9 $all
                for pid in $all; do
                    while grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$pid/status"; do sleep 0.02; done
                done
                rm -f "$dir/data/postmaster.pid"
                ;;
            esac
        }
        while read -r word; do
            if run "$word" </dev/null 2>&1; then echo '#ok'; else echo '#failed'; fi
        done
        as "$bin/pg_ctl" -D "$dir/data" -m immediate -w -s stop >/dev/null 2>&1
        rm -rf "$dir"
        """#
}
