import JSONCoding

/// Everything the simulator remembers, and what it decides. No clock, no sockets: time and requests are passed in.
struct SimulatorState: Sendable {
    var settings: SimulatorSettings
    var accessToken: String?
    var defaultWebhookURL: String?
    private(set) var numbers: [String: BusinessNumber] = [:]
    /// In the order in which they were added.
    private(set) var numberIDs: [String] = []
    var faults = FaultBook()
    var schedule = DeliverySchedule()
    var totals = SimulatorTotals()
    var sends = Ring<AcceptedSend>(
        capacity: SimulatorLimits.messagesKept, weightLimit: SimulatorLimits.messageBytesKept)
    var rejections = Ring<RejectedSend>(capacity: SimulatorLimits.rejectionsKept)
    var webhooks = Ring<WebhookAttempt>(
        capacity: SimulatorLimits.webhooksKept, weightLimit: SimulatorLimits.webhookBytesKept)
    var feed = Ring<(at: Int64, event: FeedEvent)>(
        capacity: SimulatorLimits.eventsKept, weightLimit: SimulatorLimits.eventBytesKept)
    var wamids: WamidMint
    var random: SeededRandom
    /// Webhooks somebody waits for, with their outcome once they have one.
    var awaited: [Int: WebhookAttempt?] = [:]

    init(configuration: SimulatorConfiguration, run: UInt32) {
        settings = configuration.settings
        accessToken = configuration.accessToken
        defaultWebhookURL = configuration.webhookURL
        wamids = WamidMint(run: run)
        random = SeededRandom(seed: UInt64(run))
        for number in configuration.numbers.prefix(SimulatorLimits.numbers) { _ = put(number) }
    }

    /// - Returns: false when there is no room for another number.
    mutating func put(_ number: BusinessNumber) -> Bool {
        if numbers[number.id] == nil {
            guard numberIDs.count < SimulatorLimits.numbers else { return false }
            numberIDs.append(number.id)
        }
        numbers[number.id] = number
        return true
    }

    mutating func removeNumber(_ id: String) -> Bool {
        guard numbers.removeValue(forKey: id) != nil else { return false }
        numberIDs.removeAll { $0 == id }
        return true
    }

    /// The number with this id; with no numbers at all, any id is one.
    func number(_ id: String) -> BusinessNumber? {
        numbers[id] ?? (numbers.isEmpty ? BusinessNumber(id: id) : nil)
    }

    func webhookURL(of number: BusinessNumber) -> String? { number.webhookURL ?? defaultWebhookURL }

    mutating func note(_ event: FeedEvent, at moment: Moment) {
        feed.append(weight: event.weight, (at: moment.wall, event: event))
    }

    /// Forgets what was logged; numbering, settings and what is under way go on.
    mutating func clearLog(at moment: Moment) {
        sends.removeAll()
        rejections.removeAll()
        webhooks.removeAll()
        feed.removeAll()
        totals = SimulatorTotals()
        note(.cleared, at: moment)
    }
}
