import Subprocess
import SystemPackage

/// A program that `metachat dev` runs.
struct ChildSpec: Sendable {
    /// As it is called in the log.
    var name: String
    var command: [String]
    /// The whole environment; nothing is inherited.
    var environment: [String: String]
    var folder: String
    /// What asks it to end: `TERM`, or `INT` for PostgreSQL, which would else wait for its clients.
    var stopSignal = "TERM"
    /// Seconds it has for that; then it is killed.
    var grace = 12
}

/// Runs one program under a guardian: a shell in a process group of its own that holds one end of a pipe. When the
/// other end closes, because `metachat dev` wants the program to stop or because it is gone, however it went, the
/// guardian ends the program: politely first, with force after the grace.
enum ChildProcess {
    /// Runs until the program ends by itself or `stop` opens.
    ///
    /// - Returns: the exit code; 128 and the signal's number for a program that was killed.
    static func run(
        _ spec: ChildSpec, lock: String, stop: Gate, line: @escaping @Sendable (String) -> Void
    ) async throws -> Int32 {
        var options = PlatformOptions()
        options.processGroupID = 0
        let arguments = ["-c", guardian, "metachat-guardian", lock, spec.stopSignal, "\(spec.grace)"] + spec.command
        // Bytes as C wants them, the NUL at the end included.
        let environment = spec.environment.map { Array("\($0.key)=\($0.value)".utf8) + [0] }
        let result = try await Subprocess.run(
            .path("/bin/sh"), arguments: Arguments(arguments), environment: .custom(environment),
            workingDirectory: FilePath(spec.folder), platformOptions: options, input: .inputWriter,
            output: .sequence, error: .combinedWithOutput
        ) { execution in
            await withTaskGroup { group in
                group.addTask {
                    await stop.wait()
                    // The pipe's end is the order to stop. It fails only when the guardian is gone.
                    do { try await execution.standardInputWriter.finish() } catch {}
                    guard !Task.isCancelled else { return }
                    do { try await Task.sleep(for: .seconds(spec.grace + 5)) } catch { return }
                    // Not even the guardian did its duty.
                    do { try execution.send(signal: .kill, toProcessGroup: true) } catch {}
                }
                do {
                    for try await text in execution.standardOutput.strings() { line(text) }
                } catch {
                    line("(the log cannot be read any more: \(error))")
                }
                group.cancelAll()
            }
            // Whoever is left in the group, if somebody killed the guardian.
            do { try execution.send(signal: .kill, toProcessGroup: true) } catch {}
        }
        switch result.terminationStatus {
        case .exited(let code): return code
        case .signaled(let signal): return 128 + signal
        }
    }

    private static let guardian = #"""
        lock=$1 signal=$2 grace=$3
        shift 3
        trap '' INT HUP
        exec 9>>"$lock"
        flock -s 9
        exec 3<&0 </dev/null
        "$@" 3<&- 9>&- &
        child=$!
        trap 'kill -s "$signal" "$child" 2>/dev/null' TERM
        (
            trap '' TERM
            read -r order <&3
            kill -s "$signal" "$child"
            left=$((grace * 10))
            while [ $left -gt 0 ] && kill -0 "$child"; do
                sleep 0.1
                left=$((left - 1))
            done
            kill -KILL "$child"
        ) >/dev/null 2>&1 9>&- &
        watch=$!
        while :; do
            wait "$child"
            code=$?
            kill -0 "$child" 2>/dev/null || break
        done
        kill -KILL "$watch" 2>/dev/null
        exit "$code"
        """#
}
