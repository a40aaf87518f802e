extension GraphVersion {
    /// The day on which each version that Meta has announced an end for stops working (midnight UTC), newest first.
    ///
    /// https://developers.facebook.com/docs/graph-api/changelog/versions
    private static let ends: [(major: Int, day: String)] = [
        (21, "2027-01-21T00:00:00Z"), (20, "2026-09-24T00:00:00Z"), (19, "2026-05-21T00:00:00Z"),
        (18, "2026-01-26T00:00:00Z"), (17, "2025-09-12T00:00:00Z"),
    ]

    /// Whether a version, such as `v17.0`, is known to be expired.
    package static func hasExpired(_ version: String, at now: Timestamp) -> Bool {
        guard isVersion(version), let major = version.dropFirst().split(separator: ".").first.flatMap({ Int($0) })
        else { return false }
        let end = ends.last { $0.major >= major }.flatMap { Timestamp($0.day) }
        return end.map { $0 <= now } ?? false
    }
}
