import CRabbitMQ
import Glibc

extension MonotonicTime {
    /// This moment. Monotonic while the machine runs; not related to the calendar.
    package static func now() -> Self {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Self(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}

/// Wakes a thread out of `poll` (an eventfd).
final class Waker: Sendable {
    let descriptor: Int32

    init() throws(BrokerError) {
        descriptor = metachat_eventfd()
        if descriptor < 0 { throw .unavailable("no eventfd (errno \(errno))") }
    }

    deinit { close(descriptor) }

    func signal() {
        var one: UInt64 = 1
        // It can only fail with the counter at its maximum, when the thread is to wake anyway.
        _ = write(descriptor, &one, 8)
    }

    func clear() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }
}

/// A thread outside the cooperative pool, which may block.
enum DedicatedThread {
    private final class Body {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// - Parameter name: up to 15 bytes, as tools show it.
    static func start(name: String, _ run: @escaping @Sendable () -> Void) throws(BrokerError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 1 << 20)

        // Signals belong to the threads that wait for them: the new thread inherits a full mask.
        var all = sigset_t()
        var old = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &old)
        defer { pthread_sigmask(SIG_SETMASK, &old, nil) }

        let body = Unmanaged.passRetained(
            Body {
                metachat_name_thread(name)
                run()
            })
        var thread = pthread_t()
        let status = pthread_create(
            &thread, &attributes,
            { context in
                guard let context else { return nil }
                Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        guard status == 0 else {
            body.release()
            throw .unavailable("no thread (errno \(status))")
        }
    }
}
