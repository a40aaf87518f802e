import Glibc

/// `.local/` in the current folder: everything that `metachat dev` keeps between runs.
struct DevFolder: Sendable {
    let path: String

    /// Held alone by a running `metachat dev`.
    private var lock: String { path + "/dev.lock" }
    /// Shared by the guardians of all child processes, also those of a dev that was killed.
    var childrenLock: String { path + "/children.lock" }

    var secretsFile: String { path + "/secrets.env" }
    var urlsFile: String { path + "/urls.txt" }
    var seededMark: String { path + "/seeded" }
    func log(of name: String) -> String { path + "/\(name).log" }
    func file(_ name: String) -> String { path + "/" + name }

    /// Takes the folder, makes it if need be, and waits for the children of an earlier run to end.
    ///
    /// - Throws: ``DevError`` when another `metachat dev` runs here.
    init(in parent: String, console: DevConsole) async throws {
        path = parent + "/.local"
        try DevFile.makeFolder(path, mode: 0o755)
        let descriptor = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw DevError("cannot write in \(path): \(String(cString: strerror(errno)))") }
        // Held for as long as this process lives: the system lets it go, however that ends.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let pid = DevFile.read(lock)?.split(separator: "\n").first.map { ", process \($0)" } ?? ""
            close(descriptor)
            throw DevError(
                "already running in this folder\(pid). Stop that one with Ctrl-C, or start another elsewhere.")
        }
        ftruncate(descriptor, 0)
        let line = "\(getpid())\n"
        _ = line.utf8CString.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count - 1, 0) }
        try await waitForOldChildren(console)
    }

    private func waitForOldChildren(_ console: DevConsole) async throws {
        let descriptor = open(childrenLock, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw DevError("cannot write in \(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        for attempt in 0..<400 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
            if attempt == 3 { console.say("Waiting for the processes of an earlier run to end…") }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw DevError("processes of an earlier run still hold \(path); see: fuser \(childrenLock)")
    }
}
