package import Glibc
import Synchronization

/// A program that a test started: its output in a file, its end known, gone with the test process in any case.
package final class ChildProcess: Sendable {
    package enum Exit: Sendable, Hashable, CustomStringConvertible {
        case code(Int32)
        case signal(Int32)

        package var description: String {
            switch self {
            case .code(let code): "exit code \(code)"
            case .signal(let number): "signal \(number)"
            }
        }
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package let name: String
    package let pid: pid_t
    /// The file with everything that it wrote to its standard output and error.
    package let log: String
    private let end = Mutex<Exit?>(nil)

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - environment: all of it; `PATH` and `HOME` come from this process where absent.
    ///   - log: appended to, so that a program's lives follow each other in one file.
    package init(
        name: String, executable: String, arguments: [String], environment: [String: String] = [:], log: String
    ) throws {
        self.name = name
        self.log = log
        var environment = environment
        for key in ["PATH", "HOME"] where environment[key] == nil {
            environment[key] = getenv(key).map { String(cString: $0) }
        }
        pid = try Spawn.start(
            executable, arguments, environment: environment.map { "\($0.key)=\($0.value)" },
            files: [0: "/dev/null", 1: log, 2: log])
        ProcessReaper.shared.guardAgainstLeftover(pid)
    }

    deinit { signal(SIGKILL) }

    /// How it ended; nil while it runs.
    package var exit: Exit? { end.withLock { Self.look(pid, &$0) } }

    package var isRunning: Bool { exit == nil }

    /// Sends a signal unless it has ended.
    package func signal(_ number: Int32) {
        end.withLock { end in
            if Self.look(pid, &end) == nil { Glibc.kill(pid, number) }
        }
    }

    /// Ends it at once, as a crash would; returns when it is gone.
    package func kill() async throws {
        signal(SIGKILL)
        _ = try await ended(within: .seconds(60))
    }

    /// Waits for its end.
    package func ended(within bound: Duration) async throws -> Exit {
        let deadline = ContinuousClock.now + bound
        while true {
            if let exit { return exit }
            guard ContinuousClock.now < deadline else {
                throw Failure(description: "\(name) (\(pid)) did not end within \(bound)")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Everything it wrote so far.
    package var output: String { ProcessFixture.text(ofFile: log) }

    private static func look(_ pid: pid_t, _ end: inout Exit?) -> Exit? {
        if let end { return end }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        end = status & 0x7f == 0 ? .code((status >> 8) & 0xff) : .signal(status & 0x7f)
        ProcessReaper.shared.forget(pid)
        return end
    }
}

/// What tests with real programs need to know about this machine.
package enum ProcessFixture {
    /// The folder with the programs of this build.
    package static let products: String = {
        if let path = setting("METACHAT_TEST_PRODUCTS") { return path }
        // The test bundle is itself a program beside the others.
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(decoding: buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        return "/" + folder
    }()

    /// The product: `METACHAT_TEST_BINARY`, or the one of this build.
    package static let metachat: String = setting("METACHAT_TEST_BINARY") ?? products + "/metachat"

    /// The admin command line of this build.
    package static let metachatctl: String = products + "/metachatctl"

    package static func setting(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Ports of 127.0.0.1 that were free a moment ago, no two the same.
    package static func freePorts(_ count: Int) throws -> [Int] { try LoopbackPorts.free(count).map { Int($0) } }

    /// A new folder, deleted when the test process is gone; kept where `METACHAT_TEST_KEEP` is set.
    package static func folder(_ name: String) throws -> String {
        var template = Array("/tmp/metachat-\(name)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ChildProcess.Failure(description: "no temporary folder") }
        let folder = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        if setting("METACHAT_TEST_KEEP") == nil { ProcessReaper.shared.deleteAtEnd(folder) }
        return folder
    }

    /// A file's text; empty where there is no such file.
    package static func text(ofFile path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer.prefix(count) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
