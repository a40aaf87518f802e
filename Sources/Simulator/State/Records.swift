import JSONCoding

/// A message that the platform took from the business.
struct AcceptedSend: Sendable {
    /// Milliseconds since 1970.
    var at: Int64
    var numberID: String
    var wamid: String
    var message: OutgoingMessage

    func json(number: Int) -> JSONValue {
        var object: JSONObject = [
            "number": JSONValue(number), "at": .integer(at), "phoneNumberId": .string(numberID),
            "to": .string(message.customer), "type": .string(message.type), "text": .string(message.text),
        ]
        object.append("opaqueData", message.opaqueData.map(JSONValue.string))
        object.append("wamid", .string(wamid))
        object.append("contextId", message.contextID.map(JSONValue.string))
        object.append("content", message.content)
        return .object(object)
    }
}

/// A request that the platform refused.
struct RejectedSend: Sendable {
    var at: Int64
    var numberID: String
    var to: String?
    var opaqueData: String?
    var error: GraphError

    func json(number: Int) -> JSONValue {
        var object: JSONObject = [
            "number": JSONValue(number), "at": .integer(at), "phoneNumberId": .string(numberID),
        ]
        object.append("to", to.map(JSONValue.string))
        object.append("opaqueData", opaqueData.map(JSONValue.string))
        object.append("status", JSONValue(error.status))
        object.append("code", .integer(error.code))
        object.append("message", .string(error.message))
        object.append("details", error.details.map(JSONValue.string))
        return .object(object)
    }
}

/// One attempt to post a webhook.
struct WebhookAttempt: Sendable {
    enum Answer: Sendable, Hashable {
        case status(Int)
        /// No answer: refused, timed out, closed.
        case failed(String)
    }

    var at: Int64
    var delivery: Int
    var numberID: String
    var url: String
    var attempt: Int
    var elapsed: Int64
    var answer: Answer
    var verdict: DeliverySchedule.Verdict
    /// Ids of the messages in it, or of the messages whose statuses are in it.
    var messageIDs: [String]
    var kind: String
    var body: [UInt8]

    var accepted: Bool { if case .status(200..<300) = answer { true } else { false } }

    func json(number: Int, withBody: Bool) -> JSONValue {
        var object: JSONObject = [
            "number": JSONValue(number), "at": .integer(at), "webhook": JSONValue(delivery),
            "phoneNumberId": .string(numberID), "url": .string(url), "kind": .string(kind),
            "attempt": JSONValue(attempt), "elapsedMs": .integer(elapsed),
            "messageIds": .array(messageIDs.map(JSONValue.string)),
        ]
        switch answer {
        case .status(let status): object.append("status", JSONValue(status))
        case .failed(let reason): object.append("error", .string(reason))
        }
        switch verdict {
        case .taken: object.append("outcome", "taken")
        case .givenUp: object.append("outcome", "given_up")
        case .again(let pause):
            object.append("outcome", "again")
            object.append("againAfterMs", .integer(pause))
        }
        if withBody { object.append("body", .string(String(decoding: body, as: UTF8.self))) }
        return .object(object)
    }
}

/// Counts since the start or since the log was cleared.
struct SimulatorTotals: Sendable, Hashable {
    var accepted = 0
    var rejected = 0
    var readReceipts = 0
    var customerMessages = 0
    var webhooksPosted = 0
    var webhooksTaken = 0
    var webhooksGivenUp = 0
    /// Statuses left out because too much was pending.
    var statusesDropped = 0

    func json(pending: Int) -> JSONValue {
        [
            "accepted": JSONValue(accepted), "rejected": JSONValue(rejected),
            "readReceipts": JSONValue(readReceipts), "customerMessages": JSONValue(customerMessages),
            "webhooksPosted": JSONValue(webhooksPosted), "webhooksTaken": JSONValue(webhooksTaken),
            "webhooksGivenUp": JSONValue(webhooksGivenUp), "statusesDropped": JSONValue(statusesDropped),
            "pending": JSONValue(pending),
        ]
    }
}
