import JSONCoding

/// Makes packets of the messages of one connection. Pure.
package struct SocketDecoder: Sendable {
    private struct Incomplete {
        var packet: SocketPacket
        var missing: Int
        var byteCount = 0
    }

    private let limits: SocketLimits
    private var incomplete: Incomplete?

    package init(limits: SocketLimits = SocketLimits()) { self.limits = limits }

    /// Names that a server gives to what happens by itself; no peer may send them.
    private static let reserved: Set<String> = [
        "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
    ]
    private static let largestID: UInt64 = 1 << 53 - 1

    /// - Returns: nil while attachments are missing.
    /// - Throws: ``SocketFault``; the connection is to be closed then.
    package mutating func receive(_ message: EngineMessage) throws(SocketFault) -> SocketPacket? {
        switch message {
        case .text(let text):
            guard incomplete == nil else { throw .missingAttachment }
            let (packet, attachmentCount) = try read(text)
            guard attachmentCount > 0 else { return packet }
            incomplete = Incomplete(packet: packet, missing: attachmentCount)
            return nil
        case .binary(let bytes):
            guard var current = incomplete else { throw .unexpectedAttachment }
            current.byteCount += bytes.count
            guard current.byteCount <= limits.maxAttachmentBytes else { throw .tooLarge }
            current.packet.attachments.append(bytes)
            current.missing -= 1
            incomplete = current.missing == 0 ? nil : current
            return current.missing == 0 ? current.packet : nil
        }
    }

    /// Whether a packet waits for attachments.
    package var isWaiting: Bool { incomplete != nil }

    // MARK: Reading

    private func read(_ text: [UInt8]) throws(SocketFault) -> (SocketPacket, attachmentCount: Int) {
        var cursor = text[...]
        guard let type = cursor.popFirst(), (0x30...0x36).contains(type) else { throw .unknownPacketType }
        let isBinary = type >= 0x35
        let count = isBinary ? try attachmentCount(&cursor) : 0
        let namespace = try namespace(&cursor)
        let id = try id(&cursor)
        var json: JSONText?
        if !cursor.isEmpty {
            do throws(JSONParseError) {
                json = try JSONText(parsing: cursor, limits: limits.json)
            } catch {
                throw .invalidJSON(error)
            }
        }
        if isBinary, let json { try Self.checkPlaceholders(json, count: count) }
        let content = try Self.content(type, json)
        switch content {
        case .acknowledgement: guard id != nil else { throw .invalidID }
        case .connect, .connectError, .disconnect: guard id == nil else { throw .invalidContent }
        case .event: break
        }
        return (SocketPacket(content, namespace: namespace, id: id), count)
    }

    private func attachmentCount(_ cursor: inout ArraySlice<UInt8>) throws(SocketFault) -> Int {
        guard let count = Self.number(&cursor), cursor.popFirst() == UInt8(ascii: "-") else { throw .invalidContent }
        guard count <= UInt64(limits.maxAttachments) else { throw .tooManyAttachments }
        return Int(count)
    }

    private func namespace(_ cursor: inout ArraySlice<UInt8>) throws(SocketFault) -> String {
        guard cursor.first == UInt8(ascii: "/") else { return SocketPacket.mainNamespace }
        let end = cursor.firstIndex(of: UInt8(ascii: ",")) ?? cursor.endIndex
        guard end - cursor.startIndex <= limits.maxNamespaceBytes,
            let namespace = String(validating: cursor[..<end], as: UTF8.self)
        else { throw .invalidNamespace }
        cursor = end < cursor.endIndex ? cursor[(end + 1)...] : []
        return namespace
    }

    private func id(_ cursor: inout ArraySlice<UInt8>) throws(SocketFault) -> UInt64? {
        guard let first = cursor.first, (0x30...0x39).contains(first) else { return nil }
        guard let id = Self.number(&cursor), id <= Self.largestID else { throw .invalidID }
        return id
    }

    /// The digits at the beginning; nil where there are none, or more than a number holds.
    private static func number(_ cursor: inout ArraySlice<UInt8>) -> UInt64? {
        let digits = cursor.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty, digits.count <= 16 else { return nil }
        cursor = cursor.dropFirst(digits.count)
        return digits.reduce(0) { $0 * 10 + UInt64($1 - 0x30) }
    }

    private static func content(_ type: UInt8, _ json: JSONText?) throws(SocketFault) -> SocketPacket.Content {
        switch (type, json) {
        case (0x30, nil): return .connect(nil)
        case (0x30, let auth?) where auth.bytes.first == UInt8(ascii: "{"): return .connect(auth)
        case (0x31, nil): return .disconnect
        case (0x32, let array?), (0x35, let array?): return try event(array)
        case (0x33, let array?) where array.bytes.first == UInt8(ascii: "["),
            (0x36, let array?) where array.bytes.first == UInt8(ascii: "["):
            return .acknowledgement(array)
        case (0x34, let reason?) where [UInt8(ascii: "{"), UInt8(ascii: "\"")].contains(reason.bytes[0]):
            return .connectError(reason)
        default: throw .invalidContent
        }
    }

    private static func event(_ array: JSONText) throws(SocketFault) -> SocketPacket.Content {
        guard let (first, arguments) = array.splitFirst else { throw .invalidContent }
        let name: String
        switch try value(of: first) {
        case .string(let text): name = text
        case .integer, .number: name = String(decoding: first.bytes, as: UTF8.self)
        default: throw .invalidContent
        }
        guard !reserved.contains(name) else { throw .invalidContent }
        return .event(name: name, arguments: arguments)
    }

    /// Each placeholder stands for an attachment that was announced.
    private static func checkPlaceholders(_ json: JSONText, count: Int) throws(SocketFault) {
        guard arePlaceholdersValid(try value(of: json), count: count) else { throw .invalidPlaceholder }
    }

    private static func value(of text: JSONText) throws(SocketFault) -> JSONValue {
        do throws(JSONParseError) { return try text.value } catch { throw .invalidJSON(error) }
    }

    private static func arePlaceholdersValid(_ value: JSONValue, count: Int) -> Bool {
        switch value {
        case .array(let elements): return elements.allSatisfy { arePlaceholdersValid($0, count: count) }
        case .object(let object):
            guard object["_placeholder"] == .bool(true) else {
                return object.allSatisfy { arePlaceholdersValid($0.value, count: count) }
            }
            return object["num"]?.integer.map { (0..<Int64(count)).contains($0) } ?? false
        default: return true
        }
    }
}
