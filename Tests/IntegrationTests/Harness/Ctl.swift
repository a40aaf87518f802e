import Glibc
import Support

/// Runs the real metachatctl against a site.
final class Ctl {
    struct Run: CustomStringConvertible {
        var code: Int32
        var output: String
        var errors: String
        var description: String { "exit \(code)\n\(output)\n\(errors)" }
    }

    let folder: String
    private let environment: [String: String]
    private var count = 0
    /// All that it ever wrote.
    private(set) var everything = ""

    init(_ site: Site) throws {
        folder = try ProcessFixture.folder("ctl")
        environment = [
            "METACHAT_CONTROL_URL": site.controlURL, "METACHAT_ADMIN_TOKEN": site.adminToken, "HOME": folder,
            "METACHATCTL_CONFIG": folder + "/ctl.yaml", "PLANTED": "planted-secret-1",
        ]
    }

    func run(
        _ words: [String], input: String? = nil, environment more: [String: String] = [:]
    ) async throws -> Run {
        try await finish(start(words, input: input, environment: more), within: .seconds(180))
    }

    /// One that runs on while the test does something else.
    struct Started {
        fileprivate let process: ChildProcess
        fileprivate let output: String
        fileprivate let errors: String

        var isRunning: Bool { process.isRunning }
    }

    func start(
        _ words: [String], input: String? = nil, environment more: [String: String] = [:]
    ) throws -> Started {
        count += 1
        let (output, errors, inputFile) = ("\(folder)/\(count).out", "\(folder)/\(count).err", "\(folder)/\(count).in")
        try write(input ?? "", to: inputFile)
        var all = environment
        for (key, value) in more { all[key] = value }
        all["CTL"] = ProcessFixture.metachatctl
        let process = try ChildProcess(
            name: "metachatctl", executable: "/bin/sh",
            arguments: ["-c", "exec \"$CTL\" \"$@\" <\(inputFile) >\(output) 2>\(errors)", "metachatctl"] + words,
            environment: all, log: folder + "/log")
        return Started(process: process, output: output, errors: errors)
    }

    func finish(_ started: Started, within bound: Duration) async throws -> Run {
        guard case .code(let code) = try await started.process.ended(within: bound) else {
            throw InVain(description: "metachatctl crashed: \(ProcessFixture.text(ofFile: started.errors))")
        }
        let run = Run(
            code: code, output: ProcessFixture.text(ofFile: started.output),
            errors: ProcessFixture.text(ofFile: started.errors))
        everything += run.output + run.errors
        return run
    }

    func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else { throw InVain(description: path) }
        defer { fclose(file) }
        fputs(text, file)
    }
}
