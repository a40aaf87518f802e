import JSONCoding

/// What `POST /simulator/customers/{customer}/messages` asks for.
struct CustomerRequest: Sendable {
    /// One message of the customer, without the members that the simulator adds.
    struct Message: Sendable {
        var type: String
        /// The type's own members: `["text": {"body": …}]`.
        var members: JSONObject
        /// The platform's id; made up where absent. Repeating one repeats the message.
        var id: String?
        /// The message it answers.
        var replyTo: String?
        /// How long ago it was written, in seconds.
        var age: Int64
        /// What a person reads of it.
        var text: String
    }

    var numberID: String?
    var name: String?
    var username: String?
    var userID: String?
    var messages: [Message]
    /// All messages in one webhook.
    var batch = false
    /// How often each webhook is posted on top of the first time, all at once.
    var duplicates = 0
    /// Newest first.
    var reorder = false
    /// All webhooks at once, instead of one after the other's answer.
    var parallel = false
    /// Milliseconds until the first post.
    var delay: Int64 = 0
    /// Answer only when every webhook was taken or given up.
    var wait = false
    /// Milliseconds that ``wait`` lasts at most.
    var timeout: Int64 = 60_000
    /// False: give bodies and signatures, post nothing.
    var post = true

    init?(reading reader: JSONReader) {
        let read = reader.object { object -> CustomerRequest? in
            let list = object.optional("messages") { reader -> [Message]? in
                let list = reader.array(max: SimulatorLimits.messagesPerRequest) {
                    $0.object { Self.message($0) }
                }
                return list?.isEmpty == true ? reader.fault("must not be empty") : list
            }
            let messages = object.has("messages") ? list : Self.message(object).map { [$0] }
            guard let messages else { return nil }
            var request = CustomerRequest(messages: messages)
            request.numberID = object.optional("phoneNumberId") { $0.identifier() }
            request.name = object.optional("name") { $0.string(1...256) }
            request.username = object.optional("username") { $0.string(1...64) }
            request.userID = object.optional("userId") {
                $0.string(1...150, that: "be a business-scoped user id", SendReader.isScopedUser)
            }
            request.batch = object.optional("batch", default: false) { $0.bool() } ?? false
            request.reorder = object.optional("reorder", default: false) { $0.bool() } ?? false
            request.parallel = object.optional("parallel", default: false) { $0.bool() } ?? false
            request.wait = object.optional("wait", default: false) { $0.bool() } ?? false
            request.post = object.optional("post", default: true) { $0.bool() } ?? true
            let duplicates = object.optional("duplicates", default: 0) {
                $0.integer(in: 0...Int64(SimulatorLimits.duplicates))
            }
            request.duplicates = Int(duplicates ?? 0)
            request.delay = object.optional("delayMs", default: 0) { $0.integer(in: 0...604_800_000) } ?? 0
            request.timeout =
                object.optional("timeoutMs", default: 60_000) { $0.integer(in: 0...600_000) } ?? 0
            return request
        }
        guard let read else { return nil }
        self = read
    }

    private init(messages: [Message]) { self.messages = messages }

    private static func message(_ object: JSONObjectReader) -> Message? {
        let id = object.optional("id") { $0.string(1...256) }
        let replyTo = object.optional("replyTo") { $0.string(1...256) }
        let age = object.optional("ageSeconds", default: 0) { $0.integer(in: 0...604_800) } ?? 0
        let text = object.optional("text") { $0.string(1...4096) }
        let reply = object.optional("reply") { $0.object(Self.reply) }
        let raw = object.optional("message", Self.raw)
        let given = ["text", "reply", "message"].count { object.has($0) }
        guard given == 1 else {
            object.fault("needs exactly one of text, reply and message")
            return nil
        }
        var message: Message
        if let text {
            message = Message(type: "text", members: ["text": ["body": .string(text)]], age: age, text: text)
        } else if let reply {
            message = Message(
                type: "interactive", members: ["interactive": reply.json], age: age, text: reply.title)
        } else if let raw {
            let type = raw["type"]?.string ?? "unsupported"
            message = Message(type: type, members: raw, age: age, text: "[\(type)]")
        } else {
            return nil
        }
        message.id = id
        message.replyTo = replyTo
        return message
    }

    private static func reply(_ object: JSONObjectReader) -> (json: JSONValue, title: String)? {
        let id = object.required("id") { $0.string(1...256) }
        let title = object.required("title") { $0.string(1...24) }
        let detail = object.optional("description") { $0.string(0...72) }
        let list = object.optional("list", default: false) { $0.bool() }
        guard let id, let title, let list else { return nil }
        var reply: JSONObject = ["id": .string(id), "title": .string(title)]
        reply.append("description", detail.map(JSONValue.string))
        let kind = list ? "list_reply" : "button_reply"
        return (["type": .string(kind), kind: .object(reply)], title)
    }

    /// A message as Meta would write it, without `from`, `id` and `timestamp`.
    private static func raw(_ reader: JSONReader) -> JSONObject? {
        guard let raw = reader.rawObject() else { return nil }
        guard raw["type"]?.string?.isEmpty == false else { return reader.fault("needs a type") }
        return raw
    }
}
