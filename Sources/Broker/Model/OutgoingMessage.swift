/// A message to publish.
package struct OutgoingMessage: Sendable {
    /// Empty: the default exchange, which routes by queue name.
    package var exchange: String
    package var routingKey: String
    package var body: [UInt8]
    package var messageID: String?
    package var contentType: String?
    package var headers: [String: HeaderValue]
    /// How long the message may wait in a queue; whole milliseconds.
    package var expiration: Duration?
    /// Whether a message that no queue wants comes back as ``PublishFailure/returned(code:reason:)``.
    package var mandatory: Bool
    /// Whether it survives a restart of the broker (in durable queues).
    package var persistent: Bool

    package init(
        exchange: String = "", routingKey: String, body: [UInt8], messageID: String? = nil,
        contentType: String? = "application/json", headers: [String: HeaderValue] = [:],
        expiration: Duration? = nil, mandatory: Bool = true, persistent: Bool = true
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.body = body
        self.messageID = messageID
        self.contentType = contentType
        self.headers = headers
        self.expiration = expiration
        self.mandatory = mandatory
        self.persistent = persistent
    }

    /// What is wrong with it, or nil. Names are AMQP short strings: up to 255 bytes.
    var fault: String? {
        if exchange.utf8.count > 255 { return "the exchange's name is longer than 255 bytes" }
        if routingKey.utf8.count > 255 { return "the routing key is longer than 255 bytes" }
        if let messageID, messageID.utf8.count > 255 { return "the message id is longer than 255 bytes" }
        if let contentType, contentType.utf8.count > 255 { return "the content type is longer than 255 bytes" }
        if let expiration, !(.zero ... .milliseconds(4_294_967_295)).contains(expiration) {
            return "the expiration is not between 0 and 4,294,967,295 ms"
        }
        return headers.isEmpty ? nil : HeaderLimits.fault(in: headers)
    }
}

/// What fits into one frame beside everything else, with room to spare.
enum HeaderLimits {
    static let maximumBytes = 8 << 10
    static let maximumDepth = 8

    static func fault(in table: [String: HeaderValue]) -> String? {
        guard let size = size(of: table, depth: 0) else {
            return "a header's name is longer than 128 bytes, or headers nest deeper than \(maximumDepth)"
        }
        return size > maximumBytes ? "the headers are larger than \(maximumBytes) bytes" : nil
    }

    private static func size(of table: [String: HeaderValue], depth: Int) -> Int? {
        var sum = 4
        for (key, value) in table {
            guard key.utf8.count <= 128, let size = size(of: value, depth: depth + 1) else { return nil }
            sum += 1 + key.utf8.count + size
        }
        return sum
    }

    private static func size(of value: HeaderValue, depth: Int) -> Int? {
        guard depth <= maximumDepth else { return nil }
        switch value {
        case .null: return 1
        case .boolean: return 2
        case .integer, .double, .timestamp: return 9
        case .string(let text): return 5 + text.utf8.count
        case .bytes(let bytes): return 5 + bytes.count
        case .table(let table): return size(of: table, depth: depth).map { $0 + 1 }
        case .array(let values):
            var sum = 5
            for value in values {
                guard let size = size(of: value, depth: depth + 1) else { return nil }
                sum += size
            }
            return sum
        }
    }
}
