import Glibc
import JSONCoding
import Support
import Testing

extension IntegrationTests {
    @Suite struct DevTests {
        @Test(
            "metachat dev: answers from a demo document, keeps its data, leaves nothing behind",
            .timeLimit(.minutes(30))
        )
        func dev() async throws {
            // Only this user may enter such a folder: the servers' own users must get along with that.
            let folder = try ProcessFixture.folder("dev")

            let first = try await Running(in: folder)
            for name in ["simulator", "control", "node1", "node2"] {
                let url = try #require(first.urls[name])
                #expect(first.process.output.contains(url), "it says where \(name) is")
            }
            let page = try await HTTP.get(try #require(first.urls["simulator"]) + "/")
            #expect(page.status == 200 && page.headers["content-type"]?.hasPrefix("text/html") == true)
            let answer = try await first.ask("How long does shipping take?")
            #expect(answer.contains("three to five working days"))
            for (name, numbers) in [
                ("control", ["metachat_database_up 1", "metachat_build_info{version="]),
                (
                    "node1",
                    [
                        "metachat_database_up 1", #"metachat_database_queries_total{outcome="succeeded"} "#,
                        #"metachat_consumers{direction="inbound"} "#, #"metachat_lanes{direction="outbound"} "#,
                        "metachat_config_applied_total ", "metachat_config_revision ",
                    ]
                ),
            ] {
                let metrics = try await HTTP.get(try #require(first.urls[name]) + "/metrics").text
                for number in numbers { #expect(metrics.contains("\n" + number), "\(name)") }
            }
            let secrets = ProcessFixture.text(ofFile: folder + "/.local/secrets.env")
            #expect(try mode(folder + "/.local/secrets.env") == 0o600)
            #expect(try mode(folder + "/.local/urls.txt") == 0o600)
            let seeded = try await first.seed(secrets)

            let second = try Running.start(in: folder)
            #expect(try await second.ended(within: .seconds(90)) == .code(1))
            #expect(second.output.contains("already running in this folder, process \(first.process.pid)"))

            // A node that dies comes back, and serves.
            let node = try #require(Proc.all.first { $0.isNode("node-1", in: folder) })
            #expect(node.ignoresSIGPIPE, "a peer that goes must not kill it")
            kill(node.pid, SIGKILL)
            try await eventually("node-1 is started again", within: .seconds(180), every: .milliseconds(20)) {
                Proc.all.contains { $0.pid != node.pid && $0.isNode("node-1", in: folder) }
            }
            try await eventually("what is said of it", state: first.process.output) {
                first.process.output.contains("node-1 was killed by signal 9; it is started again.")
            }
            let ready = try #require(first.urls["node1"]) + "/ready"
            try await eventually("node-1 is ready", within: .seconds(180), every: .milliseconds(20)) {
                do { return try await HTTP.get(ready).status == 200 } catch { return false }
            }
            #expect(try await first.ask("How long does shipping take?") == answer)

            first.process.signal(SIGINT)
            #expect(try await first.process.ended(within: .seconds(180)) == .code(0))
            #expect(first.openPorts == [], "right after its end")
            try await nobodyIsLeft(in: folder)

            let again = try await Running(in: folder)
            #expect(ProcessFixture.text(ofFile: folder + "/.local/secrets.env") == secrets)
            #expect(try await again.seed(secrets) == seeded, "what is there already stays as it is")

            // However it ends, nobody is left.
            again.process.signal(SIGKILL)
            try await eventually("every port is free", within: .seconds(180), every: .milliseconds(100)) {
                again.openPorts.isEmpty
            }
            try await eventually("no guardian is left", within: .seconds(180), every: .milliseconds(100)) {
                isFree(folder + "/.local/children.lock")
            }
            try await nobodyIsLeft(in: folder)
        }

        /// A guardian's watch, killed with it, may have a `sleep` of a tenth of a second.
        private func nobodyIsLeft(in folder: String) async throws {
            try await eventually("no process is left") {
                !Proc.all.contains { $0.isIn(folder) }
            }
        }

        private func mode(_ path: String) throws -> mode_t {
            var status = stat()
            try #require(stat(path, &status) == 0)
            return status.st_mode & 0o777
        }

        private func isFree(_ lock: String) -> Bool {
            let descriptor = open(lock, O_RDWR | O_CLOEXEC)
            guard descriptor >= 0 else { return false }
            defer { close(descriptor) }
            return flock(descriptor, LOCK_EX | LOCK_NB) == 0
        }
    }
}

/// A `metachat dev` that is ready.
private struct Running: Sendable {
    let process: ChildProcess
    /// What `.local/urls.txt` tells.
    let urls: [String: String]

    init(in folder: String) async throws {
        let process = try Self.start(in: folder)
        try await eventually("metachat dev is ready", within: .seconds(400), every: .milliseconds(50)) {
            try #require(process.isRunning, "\(process.output)")
            return process.output.contains("MetaChat is ready.")
        }
        self.process = process
        var urls: [String: String] = [:]
        for line in ProcessFixture.text(ofFile: folder + "/.local/urls.txt").split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            try #require(parts.count == 2, "\(line)")
            urls[String(parts[0])] = String(parts[1])
        }
        self.urls = urls
    }

    static func start(in folder: String) throws -> ChildProcess {
        try ChildProcess(
            name: "dev", executable: "/bin/sh",
            arguments: ["-c", #"cd "$0" && exec "$@""#, folder, ProcessFixture.metachat, "dev"],
            log: folder + "/log.\(UInt32.random(in: 0 ... .max))")
    }

    /// Writes as a customer; gives the answer.
    func ask(_ question: String) async throws -> String {
        let simulator = try #require(urls["simulator"])
        let before = try await HTTP.get(simulator + "/simulator/messages?after=0").json().member("last").integer ?? 0
        let order = try await HTTP.post(
            simulator + "/simulator/customers/447700900101/messages",
            json: ["text": .string(question), "wait": true])
        #expect(order.status == 200, "\(order.text)")
        return try await eventually("an answer", within: .seconds(180)) { () async throws -> String? in
            let log = try await HTTP.get(simulator + "/simulator/messages?after=\(before)&waitMs=25000").json()
            return log["items"]?.array?.first?["text"]?.string
        }
    }

    /// What was planted: the revisions and versions that would rise if it were planted anew.
    func seed(_ secrets: String) async throws -> [JSONValue?] {
        let prefix = "METACHAT_ADMIN_TOKEN="
        let token = try #require(secrets.split(separator: "\n").first { $0.hasPrefix(prefix) }).dropFirst(prefix.count)
        let rpc = RPCClient(url: try #require(urls["control"]), token: String(token))
        var found: [JSONValue?] = []
        for (method, id, member) in [
            ("tenant.get", "demo", "revision"), ("channel.get", "demo-whatsapp", "revision"),
            ("document.get", "demo-shipping", "version"), ("channel.test", "demo-whatsapp", "ok"),
        ] {
            let value = try await rpc.call(method, ["id": .string(id)])[member]
            // The simulator finds the demo channel's credentials in order.
            #expect(method == "channel.test" ? value == true : value != nil, "\(method)")
            found.append(value)
        }
        return found
    }

    /// Ports of its programs and servers on which somebody listens.
    var openPorts: [UInt16] {
        urls.values.compactMap { url in
            url.split(separator: ":").last.flatMap { UInt16($0.prefix { $0.isNumber }) }
        }
        .filter(Self.isOpen)
    }

    private static func isOpen(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

/// A process of this machine, as `/proc` tells.
private struct Proc: Sendable {
    let pid: pid_t

    /// All that run; ended ones that nobody has waited for yet have no working directory any more.
    static var all: [Proc] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        var found: [Proc] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let pid = pid_t(name) { found.append(Proc(pid: pid)) }
        }
        return found
    }

    private func strings(_ file: String) -> [Substring] {
        ProcessFixture.text(ofFile: "/proc/\(pid)/\(file)").split(separator: "\0")
    }

    /// Whether it is that node itself, and not the guardian over it.
    func isNode(_ name: String, in folder: String) -> Bool {
        guard isIn(folder), strings("environ").contains("METACHAT_NODE_ID=\(name)") else { return false }
        let command = strings("cmdline")
        return command.count == 2 && command[0].hasSuffix("/metachat") && command[1] == "node"
    }

    /// Whether it works in this folder or below.
    func isIn(_ folder: String) -> Bool {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/\(pid)/cwd", &buffer, buffer.count - 1)
        guard count > 0 else { return false }
        let path = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path == folder || path.hasPrefix(folder + "/")
    }

    var ignoresSIGPIPE: Bool {
        let status = ProcessFixture.text(ofFile: "/proc/\(pid)/status").split(separator: "\n")
        guard let mask = status.first(where: { $0.hasPrefix("SigIgn:") })?.split(separator: "\t").last else {
            return false
        }
        return (UInt64(mask, radix: 16) ?? 0) & 1 << UInt64(SIGPIPE - 1) != 0
    }
}
