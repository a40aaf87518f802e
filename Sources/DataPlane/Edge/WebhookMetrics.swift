import CoreMetrics
import Domain

/// Counts what webhooks bring and how they are answered.
struct WebhookMetrics: Sendable {
    private static let types: [ChannelType] = [.whatsapp, .messenger]
    private static let statuses = [200, 400, 401, 403, 404, 413, 503]

    private let answers: [ChannelType: [Int: Counter]]
    private let messages: [ChannelType: Counter]
    private let updates: [ChannelType: Counter]
    private let foreign: [ChannelType: Counter]
    private let malformed: [ChannelType: Counter]
    private let durations: [ChannelType: Timer]

    init() {
        func counters(_ label: String) -> [ChannelType: Counter] {
            Dictionary(
                uniqueKeysWithValues: Self.types.map {
                    ($0, Counter(label: label, dimensions: [("channel", $0.rawValue)]))
                })
        }
        answers = Dictionary(
            uniqueKeysWithValues: Self.types.map { type in
                (
                    type,
                    Dictionary(
                        uniqueKeysWithValues: Self.statuses.map { status in
                            (
                                status,
                                Counter(
                                    label: "metachat_webhook_requests_total",
                                    dimensions: [("channel", type.rawValue), ("status", String(status))])
                            )
                        })
                )
            })
        messages = counters("metachat_webhook_messages_total")
        updates = counters("metachat_webhook_statuses_total")
        foreign = counters("metachat_webhook_foreign_total")
        malformed = counters("metachat_webhook_malformed_total")
        durations = Dictionary(
            uniqueKeysWithValues: Self.types.map {
                ($0, Timer(label: "metachat_webhook_duration", dimensions: [("channel", $0.rawValue)]))
            })
    }

    /// - Parameter arrival: when the request's head came.
    func answered(_ answer: WebhookAnswer, _ type: ChannelType, since arrival: ContinuousClock.Instant) {
        answers[type]?[answer.status]?.increment()
        let (seconds, attoseconds) = (ContinuousClock.now - arrival).components
        durations[type]?.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    func count(_ body: WebhookBody, _ type: ChannelType) {
        if !body.messages.isEmpty { messages[type]?.increment(by: body.messages.count) }
        if !body.statuses.isEmpty { updates[type]?.increment(by: body.statuses.count) }
        if body.foreign > 0 { foreign[type]?.increment(by: body.foreign) }
        if body.malformed > 0 { malformed[type]?.increment(by: body.malformed) }
    }
}
