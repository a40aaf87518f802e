import JSONCoding

/// What the page shows as it happens.
enum FeedEvent: Sendable {
    case customerWrote(Customer, message: CustomerRequest.Message, id: String, numberID: String)
    case businessWrote(AcceptedSend)
    case businessRead(messageID: String, typing: Bool)
    case status(StatusEvent)
    case webhook(WebhookAttempt)
    case rejected(RejectedSend)
    case cleared

    /// Bytes it takes in memory, roughly.
    var weight: Int {
        switch self {
        case .customerWrote(_, let message, _, _): 300 + message.text.utf8.count
        case .businessWrote(let send): send.message.weight
        case .webhook: 300
        case .businessRead, .status, .rejected, .cleared: 200
        }
    }

    func json(at: Int64) -> JSONValue {
        var object: JSONObject = ["at": .integer(at)]
        switch self {
        case .customerWrote(let customer, let message, let id, let numberID):
            object.append("event", "customer")
            object.append("customer", .string(customer.key))
            object.append("name", .string(customer.name))
            object.append("phoneNumberId", .string(numberID))
            object.append("id", .string(id))
            object.append("type", .string(message.type))
            object.append("text", .string(message.text))
            object.append("replyTo", message.replyTo.map(JSONValue.string))
        case .businessWrote(let send):
            object.append("event", "business")
            object.append("customer", .string(send.message.customer))
            object.append("phoneNumberId", .string(send.numberID))
            object.append("id", .string(send.wamid))
            object.append("type", .string(send.message.type))
            object.append("text", .string(send.message.text))
            object.append("replyTo", send.message.contextID.map(JSONValue.string))
            if send.message.type == "reaction" { object.append("content", send.message.content) }
            if !send.message.choices.isEmpty {
                object.append(
                    "choices",
                    .array(
                        send.message.choices.map { choice in
                            var item: JSONObject = ["id": .string(choice.id), "title": .string(choice.title)]
                            item.append("description", choice.detail.map(JSONValue.string))
                            return .object(item)
                        }))
                object.append("listLabel", send.message.listLabel.map(JSONValue.string))
            }
        case .businessRead(let id, let typing):
            object.append("event", "read")
            object.append("id", .string(id))
            object.append("typing", .bool(typing))
        case .status(let status):
            object.append("event", "status")
            object.append("id", .string(status.messageID))
            object.append("customer", .string(status.customer))
            object.append("status", .string(status.step.rawValue))
            object.append("reason", status.failure.map { .string("\($0.code) \($0.title)") })
        case .webhook(let attempt):
            object.append("event", "webhook")
            for (key, value) in attempt.json(number: 0, withBody: false).object ?? [:] where key != "at" {
                object[key] = value
            }
            object["number"] = nil
        case .rejected(let rejected):
            object.append("event", "rejected")
            object.append("customer", rejected.to.map(JSONValue.string))
            object.append("phoneNumberId", .string(rejected.numberID))
            object.append("status", JSONValue(rejected.error.status))
            object.append("code", .integer(rejected.error.code))
            object.append("text", .string(rejected.error.message))
        case .cleared:
            object.append("event", "cleared")
        }
        return .object(object)
    }
}
