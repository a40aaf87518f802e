import CoreMetrics
import Synchronization

/// Holds back the sends of channels whose credentials or account are at fault. Pure; ``ChannelGates`` shares it.
///
/// A paused channel opens again with its next change of config or secrets, and every minute for one message that tries
/// whether the fault has been mended on the platform's side.
package struct ChannelPauses: Sendable {
    package struct Pause: Sendable, Hashable {
        package var reason: String
        package var code: Int64?
        var generation: Int64
        var probeAt: Int64
        var isProbing = false
    }

    package enum Entry: Sendable, Hashable {
        case open
        /// Closed for all but this one, who must report what came of it, or ``left``.
        case probe
        case closed
    }

    package static let probeMilliseconds: Int64 = 60_000

    private var pauses: [String: Pause] = [:]

    package init() {}

    package func isClosed(_ channelID: String, generation: Int64, now: Int64) -> Bool {
        guard let pause = pauses[channelID], pause.generation == generation else { return false }
        return pause.isProbing || now < pause.probeAt
    }

    package mutating func enter(_ channelID: String, generation: Int64, now: Int64) -> Entry {
        guard let pause = pauses[channelID] else { return .open }
        guard pause.generation == generation else {
            pauses[channelID] = nil
            return .open
        }
        guard !pause.isProbing, now >= pause.probeAt else { return .closed }
        pauses[channelID]?.isProbing = true
        return .probe
    }

    /// True when it was open before.
    package mutating func paused(
        _ channelID: String, generation: Int64, reason: String, code: Int64?, now: Int64
    ) -> Bool {
        let isNew = pauses[channelID].map { $0.generation != generation } ?? true
        pauses[channelID] = Pause(
            reason: reason, code: code, generation: generation, probeAt: now + Self.probeMilliseconds)
        return isNew
    }

    /// The platform took something, or refused it for reasons of its own. True when the channel had been paused.
    package mutating func worked(_ channelID: String) -> Bool { pauses.removeValue(forKey: channelID) != nil }

    /// A probe ended without an answer that tells anything: the next may try.
    package mutating func left(_ channelID: String) { pauses[channelID]?.isProbing = false }

    package func pause(_ channelID: String) -> Pause? { pauses[channelID] }

    package var count: Int { pauses.count }
}

/// The pauses of this node's channels.
package final class ChannelGates: Sendable {
    private let pauses = Mutex(ChannelPauses())
    private let paused = Meter(label: "metachat_channels_paused")

    package init() {}

    package func with<Result>(_ body: (inout ChannelPauses) -> sending Result) -> sending Result {
        pauses.withLock { pauses in
            let before = pauses.count
            defer { if pauses.count != before { paused.set(pauses.count) } }
            return body(&pauses)
        }
    }

    /// Why a channel is paused, for reports; nil when it is not.
    package func pause(_ channelID: String) -> ChannelPauses.Pause? { pauses.withLock { $0.pause(channelID) } }
}
