import Encodings

/// What Engine.IO carries for the protocol above it.
package enum EngineMessage: Sendable, Hashable {
    /// UTF-8.
    case text([UInt8])
    case binary([UInt8])

    package var byteCount: Int {
        switch self {
        case .text(let bytes), .binary(let bytes): bytes.count
        }
    }
}

/// A packet of the Engine.IO protocol, version 4.
package enum EnginePacket: Sendable, Hashable {
    /// The handshake, a JSON text. From the server alone.
    case open([UInt8])
    case close
    /// From the server as a heartbeat; from a client as the probe of an upgrade.
    case ping([UInt8])
    case pong([UInt8])
    case message(EngineMessage)
    /// The client goes over to the probed transport.
    case upgrade
    /// Ends a waiting poll.
    case noop
}

/// What is wrong with what a peer sent. Closes its session.
package enum EngineFault: Error, Sendable, Hashable {
    case emptyPacket
    case unknownPacketType(UInt8)
    /// One that only a server may send, or that belongs to the probe of an upgrade.
    case unexpectedPacket
    /// Behind a packet type that carries nothing.
    case unexpectedData
    case invalidUTF8
    case invalidBase64
    /// More bytes than the session's `maxPayload`.
    case tooLarge
    /// More packets in one body than the session's `maxPackets`.
    case tooManyPackets
}

extension EnginePacket {
    /// The digits that stand for the types.
    private enum Kind: UInt8 {
        case open = 0x30
        case close, ping, pong, message, upgrade, noop
    }

    /// Reads a packet in its textual form: its type as a digit, then its data.
    package init(text: some RandomAccessCollection<UInt8>) throws(EngineFault) {
        guard let first = text.first else { throw .emptyPacket }
        guard let kind = Kind(rawValue: first) else { throw .unknownPacketType(first) }
        let data = [UInt8](text.dropFirst())
        switch kind {
        case .open: self = .open(try Self.checked(data))
        case .ping: self = .ping(try Self.checked(data))
        case .pong: self = .pong(try Self.checked(data))
        case .message: self = .message(.text(try Self.checked(data)))
        case .close: self = try Self.bare(.close, data)
        case .upgrade: self = try Self.bare(.upgrade, data)
        case .noop: self = try Self.bare(.noop, data)
        }
    }

    private static func checked(_ data: [UInt8]) throws(EngineFault) -> [UInt8] {
        guard data.allSatisfy({ $0 < 0x80 }) || String(validating: data, as: UTF8.self) != nil else {
            throw .invalidUTF8
        }
        return data
    }

    private static func bare(_ packet: EnginePacket, _ data: [UInt8]) throws(EngineFault) -> EnginePacket {
        guard data.isEmpty else { throw .unexpectedData }
        return packet
    }

    /// Reads a WebSocket message.
    package init(frame: EngineMessage) throws(EngineFault) {
        switch frame {
        case .text(let text): try self.init(text: text)
        case .binary: self = .message(frame)
        }
    }

    /// The packet as one WebSocket message: text, or binary, which is a message without anything around it.
    package var frame: EngineMessage {
        if case .message(.binary(let bytes)) = self { return .binary(bytes) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        write(to: &bytes)
        return .text(bytes)
    }

    /// How many bytes ``write(to:)`` appends.
    package var byteCount: Int {
        switch self {
        case .open(let data), .ping(let data), .pong(let data), .message(.text(let data)): data.count + 1
        case .message(.binary(let data)): (data.count + 2) / 3 * 4 + 1
        case .close, .upgrade, .noop: 1
        }
    }

    /// Appends the textual form, binary messages as `b` and base64: what a payload consists of.
    package func write(to text: inout [UInt8]) {
        switch self {
        case .open(let data): Self.write(.open, data, to: &text)
        case .ping(let data): Self.write(.ping, data, to: &text)
        case .pong(let data): Self.write(.pong, data, to: &text)
        case .message(.text(let data)): Self.write(.message, data, to: &text)
        case .message(.binary(let data)):
            text.append(EnginePayload.binaryMark)
            text += Base64.encode(data).utf8
        case .close: text.append(Kind.close.rawValue)
        case .upgrade: text.append(Kind.upgrade.rawValue)
        case .noop: text.append(Kind.noop.rawValue)
        }
    }

    private static func write(_ kind: Kind, _ data: [UInt8], to text: inout [UInt8]) {
        text.append(kind.rawValue)
        text += data
    }
}
