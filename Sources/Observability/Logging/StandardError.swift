import Glibc

/// Standard error, written a whole line at a time.
enum StandardError {
    /// One `write`, so that lines of several threads and processes do not mix. A log that cannot be written is lost:
    /// there is nowhere to say so, and nothing may stop for it.
    @Sendable
    static func write(_ line: [UInt8]) {
        line.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let written = Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
                if written < 0 && errno == EINTR { continue }
                guard written > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
    }
}
