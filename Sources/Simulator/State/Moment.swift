#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One point in time, read once per event and handed to whoever decides.
struct Moment: Sendable, Hashable {
    /// Milliseconds since 1970, for timestamps.
    var wall: Int64
    /// Milliseconds of a clock that never jumps, for due times.
    var uptime: Int64

    static var now: Moment {
        Moment(wall: milliseconds(CLOCK_REALTIME), uptime: milliseconds(CLOCK_MONOTONIC))
    }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
