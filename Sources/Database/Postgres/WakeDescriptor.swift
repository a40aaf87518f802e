import CPostgres
import Glibc

/// An eventfd: any thread wakes the one that polls it.
final class WakeDescriptor: Sendable {
    let descriptor: Int32

    init() throws(DatabaseError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else {
            throw DatabaseError(.connectFailed, message: "no file descriptor left (errno \(errno))")
        }
    }

    deinit { close(descriptor) }

    func wake() {
        var one: UInt64 = 1
        // Fails only when the counter is full, and then the other side is awake anyway.
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    func clear() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
    }
}
