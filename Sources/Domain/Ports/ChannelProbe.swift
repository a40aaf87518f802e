/// Looks whether a channel could work, without changing anything anywhere.
package protocol ChannelProbe: Sendable {
    /// - Parameter secrets: the channel's own, opened, by name.
    /// - Returns: at least one check; details hold no secret.
    func check(_ channel: Channel, secrets: [String: String]) async -> [ChannelCheck]
}

/// One thing that was looked at.
package struct ChannelCheck: Sendable, Hashable {
    package var name: String
    package var ok: Bool
    /// What was found, or what is to be done.
    package var detail: String

    package init(_ name: String, _ ok: Bool, _ detail: String) {
        self.name = name
        self.ok = ok
        self.detail = detail
    }
}
