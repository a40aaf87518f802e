import JSONCoding

/// A disturbance that a test ordered.
struct Fault: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case message, read
    }

    struct Match: Sendable {
        var kind = Kind.message
        /// The customer, digits or user id.
        var to: String?
        var numberID: String?
        /// Part of the message's text.
        var text: String?

        func fits(_ kind: Kind, numberID: String, message: OutgoingMessage?) -> Bool {
            self.kind == kind && (self.numberID.map { $0 == numberID } ?? true)
                && (to.map { $0 == message?.customer } ?? true)
                && (text.map { message?.text.contains($0) ?? false } ?? true)
        }
    }

    struct Response: Sendable {
        /// Nil lets the send pass.
        var error: GraphError?
        /// Answered instead of Meta's error body, as a proxy in between would.
        var raw: String?
        /// Accepted, then the connection is closed without an answer.
        var dropResponse = false
        /// The connection is closed and nothing accepted.
        var dropRequest = false
        /// Milliseconds before the answer.
        var delay: Int64 = 0
        /// Accepted, then `failed` instead of `delivered`.
        var failure: StatusEvent.Failure?
        /// Accepted, and no status ever comes.
        var muteStatuses = false
    }

    var id: Int
    var match: Match
    var response: Response
    /// Times it strikes from now on; nil for always.
    var remaining: Int?
    var hits = 0
}

/// The faults in force: for each request the first that fits strikes.
struct FaultBook: Sendable {
    private(set) var faults: [Fault] = []
    private var lastID = 0

    /// - Returns: the fault's id, or nil when the book is full.
    mutating func add(_ match: Fault.Match, _ response: Fault.Response, times: Int?) -> Int? {
        guard faults.count < SimulatorLimits.faults else { return nil }
        lastID += 1
        faults.append(Fault(id: lastID, match: match, response: response, remaining: times))
        return lastID
    }

    mutating func strike(_ kind: Fault.Kind, numberID: String, message: OutgoingMessage?) -> Fault.Response? {
        guard let index = faults.firstIndex(where: { $0.match.fits(kind, numberID: numberID, message: message) })
        else { return nil }
        faults[index].hits += 1
        let response = faults[index].response
        if let remaining = faults[index].remaining {
            if remaining <= 1 { faults.remove(at: index) } else { faults[index].remaining = remaining - 1 }
        }
        return response
    }

    mutating func removeAll() { faults.removeAll() }

    mutating func remove(id: Int) -> Bool {
        guard let index = faults.firstIndex(where: { $0.id == id }) else { return false }
        faults.remove(at: index)
        return true
    }
}
