import Domain
import JSONCoding

/// Reads what comes out of a queue.
enum MessageReading {
    enum Result {
        case message(NormalizedMessage)
        case malformed(String)
    }

    /// Largest body that is read, in bytes.
    static let limits = JSONLimits(maxBytes: 1 << 20)

    /// A NormalizedMessage that belongs into that queue.
    static func read(_ body: [UInt8], from queue: QueueName) -> Result {
        let message: NormalizedMessage
        do {
            message = try JSONReader.read(try JSONValue.parse(body, limits: limits), NormalizedMessage.init(reading:))
        } catch let error as JSONParseError {
            return .malformed("not JSON: \(error)")
        } catch let faults as JSONFaults {
            return .malformed("not a NormalizedMessage: \(faults)")
        } catch {
            return .malformed("not readable")
        }
        guard message.tenantID == queue.tenantID, message.channel == queue.channel,
            message.direction == queue.direction
        else { return .malformed("of another tenant, channel or direction than its queue") }
        return .message(message)
    }
}
