import Glibc

/// A moment for people: prints as RFC 3339 in UTC with milliseconds.
package struct WallTime: Sendable, Hashable {
    /// Milliseconds since 1970-01-01T00:00:00Z, from year 0 to year 9999.
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    @Sendable
    package static func now() -> WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}

extension WallTime: CustomStringConvertible {
    package var description: String {
        let (seconds, fraction) = Self.split(milliseconds, by: 1000)
        let (days, second) = Self.split(seconds, by: 86_400)
        // Days to year, month and day by eras of 400 years that begin in March (Hinnant, "chrono-compatible
        // low-level date algorithms").
        let (era, dayOfEra) = Self.split(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func digits(_ value: Int64, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        return digits(year, 4) + "-" + digits(month, 2) + "-" + digits(day, 2)
            + "T" + digits(second / 3600, 2) + ":" + digits(second / 60 % 60, 2) + ":" + digits(second % 60, 2)
            + "." + digits(fraction, 3) + "Z"
    }

    /// Division that rounds towards the past, so that the remainder is never negative.
    private static func split(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
