import Glibc
import Synchronization

/// The terminal: whole lines, each with the name of who says it.
final class DevConsole: Sendable {
    private let width: Int
    private let colours: Bool
    private let lock = Mutex(())

    /// - Parameter names: who may speak; the longest sets the column.
    init(names: [String]) {
        width = names.map(\.count).max() ?? 0
        colours = isatty(STDOUT_FILENO) == 1 && Setting.text("NO_COLOR", nil) == nil
    }

    /// A line of a child's log.
    func line(_ text: String, from name: String) {
        let padded = name + String(repeating: " ", count: max(0, width - name.count))
        let colour = 31 + Int(name.utf8.reduce(0) { $0 &* 31 &+ UInt32($1) } % 6)
        say(colours ? "\u{1B}[\(colour)m\(padded) │\u{1B}[0m \(text)" : "\(padded) | \(text)")
    }

    /// A line of `metachat dev` itself.
    func say(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        lock.withLock { _ in
            var done = 0
            while done < bytes.count {
                let count = bytes[done...].withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR || errno == EAGAIN { continue }
                // Nobody reads any more: going on matters more than being heard.
                guard count > 0 else { return }
                done += count
            }
        }
    }
}
