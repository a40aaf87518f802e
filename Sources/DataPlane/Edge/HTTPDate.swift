import Domain
import Synchronization

/// The value of the `Date` header (RFC 9110 §5.6.7), made once a second.
final class HTTPDate: Sendable {
    private let clock: any WallClock
    private let cached = Mutex((second: Int64.min, text: ""))

    init(clock: any WallClock = SystemClock()) { self.clock = clock }

    var now: String {
        let time = clock.now()
        let second = time.milliseconds / 1000
        return cached.withLock { cached in
            if cached.second != second { cached = (second, Self.format(time)) }
            return cached.text
        }
    }

    static func format(_ time: Timestamp) -> String {
        let iso = time.description
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let day = Int(max(time.milliseconds, 0) / 86_400_000) % 7
        let month = Int(iso.dropFirst(5).prefix(2)) ?? 1
        return "\(days[day]), \(iso.dropFirst(8).prefix(2)) \(months[month - 1]) \(iso.prefix(4)) "
            + "\(iso.dropFirst(11).prefix(8)) GMT"
    }
}
