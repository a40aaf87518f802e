import Glibc
import Synchronization

/// The latest lines that a program wrote; on request also in a file.
final class DevLines: Sendable {
    private let lines = Mutex<[String]>([])
    private let file: String?

    /// - Parameter file: begun anew; takes every line.
    init(file: String? = nil) {
        self.file = file
        if let file { unlink(file) }
    }

    func append(_ line: String) {
        lines.withLock { lines in
            lines.append(line)
            if lines.count > 400 { lines.removeFirst(200) }
            guard let file, let stream = fopen(file, "ae") else { return }
            fputs(line + "\n", stream)
            fclose(stream)
        }
    }

    func last(_ count: Int) -> [String] { lines.withLock { Array($0.suffix(count)) } }
}
