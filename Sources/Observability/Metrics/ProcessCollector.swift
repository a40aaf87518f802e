import Glibc

/// What the process itself uses, under the names that Prometheus' own client libraries give it.
package enum ProcessCollector {
    /// Reads `/proc/self` whenever the registry is rendered; what cannot be read is left out.
    package static func install(in registry: MetricRegistry) { registry.collect(write) }

    /// Resident memory in bytes.
    package static func residentBytes() -> Int? {
        guard let pages = fields(of: "/proc/self/statm").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    /// User and system time that the process has used, in seconds.
    package static func cpuSeconds() -> Double? {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// Open file descriptors.
    package static func openFiles() -> Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        // Neither ".", ".." nor the descriptor that reads the directory counts.
        var count = -3
        while readdir(directory) != nil { count += 1 }
        return max(0, count)
    }

    /// When the process began, in seconds since 1970.
    package static func startSeconds() -> Double? {
        // The second field, the program's name, may hold spaces; the others follow its closing parenthesis.
        guard let stat = contents(of: "/proc/self/stat"), let name = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[name...].split(separator: " ").dropFirst()
        // Field 22 of proc(5), counted from the third.
        guard let ticks = fields.dropFirst(19).first.flatMap({ Double($0) }) else { return nil }
        let boot = contents(of: "/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
        guard let booted = boot?.split(separator: " ").last.flatMap({ Double($0) }) else { return nil }
        return booted + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    @Sendable
    private static func write(to text: inout PrometheusText) {
        if let seconds = cpuSeconds() {
            text.counter("process_cpu_seconds_total", help: "User and system CPU time in seconds.", seconds)
        }
        if let bytes = residentBytes() {
            text.gauge("process_resident_memory_bytes", help: "Resident memory in bytes.", Double(bytes))
        }
        if let files = openFiles() {
            text.gauge("process_open_fds", help: "Open file descriptors.", Double(files))
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            text.gauge("process_max_fds", help: "Most open file descriptors.", Double(limit.rlim_cur))
        }
        if let start = startSeconds() {
            text.gauge("process_start_time_seconds", help: "Start of the process since 1970 in seconds.", start)
        }
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }

    private static func fields(of path: String) -> [Substring] { contents(of: path)?.split(separator: " ") ?? [] }

    /// A small file of `/proc`, at most 256 KiB.
    private static func contents(of path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 1 << 18 {
            let count = read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
