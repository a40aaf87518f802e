import Glibc
import Synchronization

/// A shell beside the test process that ends what the tests left running and deletes their folders, when the pipe
/// from the tests closes: also when they were killed.
final class ProcessReaper: Sendable {
    static let shared = ProcessReaper()

    private let orders: Int32

    private static let script = #"""
        trap '' INT TERM HUP
        pids= folders=
        while read -r verb what <&3; do
            case $verb in
            add) pids="$pids $what" ;;
            del) pids=" $pids "; pids="${pids%% $what *} ${pids#* $what }" ;;
            folder) folders="$folders $what" ;;
            esac
        done
        [ -z "${pids# }" ] || kill -KILL $pids 2>/dev/null
        [ -z "$folders" ] || rm -rf $folders
        """#

    private init() {
        var pipe: [Int32] = [0, 0]
        guard Glibc.pipe(&pipe) == 0 else {
            orders = -1
            return
        }
        // Nobody else may hold the writing end: its end is ours.
        _ = fcntl(pipe[0], F_SETFD, FD_CLOEXEC)
        _ = fcntl(pipe[1], F_SETFD, FD_CLOEXEC)
        let pid = try? Spawn.start(
            "/bin/sh", ["-c", Self.script], environment: ["PATH=/usr/bin:/bin"], files: [0: "/dev/null"],
            descriptors: [3: pipe[0]], ownGroup: true)
        close(pipe[0])
        if pid == nil { close(pipe[1]) }
        orders = pid == nil ? -1 : pipe[1]
    }

    func guardAgainstLeftover(_ pid: pid_t) { order("add \(pid)") }
    func forget(_ pid: pid_t) { order("del \(pid)") }
    func deleteAtEnd(_ folder: String) { order("folder \(folder)") }

    private func order(_ line: String) {
        // Below PIPE_BUF a write is whole.
        let bytes = Array("\(line)\n".utf8)
        _ = bytes.withUnsafeBytes { write(orders, $0.baseAddress, $0.count) }
    }
}

/// posix_spawn, as the fixtures need it.
enum Spawn {
    /// - Parameters:
    ///   - files: child's descriptors and the files behind them, made where absent and appended to.
    ///   - descriptors: child's descriptors and ours behind them.
    ///   - ownGroup: a Ctrl-C at the terminal does not reach it.
    static func start(
        _ executable: String, _ arguments: [String], environment: [String], files: [Int32: String],
        descriptors: [Int32: Int32] = [:], ownGroup: Bool = false
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, path) in files.sorted(by: { $0.key < $1.key }) {
            posix_spawn_file_actions_addopen(&actions, descriptor, path, O_RDWR | O_CREAT | O_APPEND, 0o644)
        }
        for (descriptor, ours) in descriptors { posix_spawn_file_actions_adddup2(&actions, ours, descriptor) }
        closeOthers(&actions, above: max(files.keys.max() ?? 2, descriptors.keys.max() ?? 2))
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The test runner may have blocked or ignored signals that the program wants.
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        if ownGroup { flags |= POSIX_SPAWN_SETPGROUP }
        posix_spawnattr_setflags(&attributes, Int16(flags))
        posix_spawnattr_setpgroup(&attributes, 0)
        let argv = ([executable] + arguments).map { strdup($0) } + [nil]
        let envp = environment.map { strdup($0) } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, executable, &actions, &attributes, argv, envp)
        guard code == 0 else {
            throw ChildProcess.Failure(description: "cannot start \(executable): \(String(cString: strerror(code)))")
        }
        return pid
    }

    /// Lets a child have nothing else of ours: a port or a pipe that lives on in a child is never free, never at its end.
    static func closeOthers(_ actions: inout posix_spawn_file_actions_t, above last: Int32) {
        guard let folder = opendir("/proc/self/fd") else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            // One that is closed already is no error.
            if let descriptor = Int32(name), descriptor > last {
                posix_spawn_file_actions_addclose(&actions, descriptor)
            }
        }
    }
}
