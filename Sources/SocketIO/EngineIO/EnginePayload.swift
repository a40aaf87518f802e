import Encodings

/// The packets in one body of HTTP long-polling: separated by U+001E, binary messages as `b` and base64.
package enum EnginePayload {
    static let separator: UInt8 = 0x1E
    static let binaryMark = UInt8(ascii: "b")

    /// Reads a body packet after packet.
    package struct Reader: Sendable {
        private var rest: ArraySlice<UInt8>?
        private var remaining: Int

        /// - Parameters:
        ///   - maxPayload: most bytes of a body.
        ///   - maxPackets: most packets in it: tiny ones cost more than their bytes.
        /// - Throws: ``EngineFault/tooLarge``.
        package init(_ body: [UInt8], maxPayload: Int, maxPackets: Int) throws(EngineFault) {
            guard body.count <= maxPayload else { throw .tooLarge }
            rest = body[...]
            remaining = maxPackets
        }

        /// The next packet; nil past the last. After a fault there is none.
        package mutating func next() throws(EngineFault) -> EnginePacket? {
            guard let text = rest else { return nil }
            rest = nil
            guard remaining > 0 else { throw .tooManyPackets }
            remaining -= 1
            let end = text.firstIndex(of: separator)
            let packet = try EnginePayload.packet(text[..<(end ?? text.endIndex)])
            if let end { rest = text[(end + 1)...] }
            return packet
        }
    }

    private static func packet(_ text: ArraySlice<UInt8>) throws(EngineFault) -> EnginePacket {
        guard text.first == binaryMark else { return try EnginePacket(text: text) }
        guard let encoded = String(validating: text.dropFirst(), as: UTF8.self), let data = Base64.decode(encoded)
        else { throw .invalidBase64 }
        return .message(.binary(data))
    }

    /// Collects packets for one body.
    package struct Writer: Sendable {
        private(set) package var body: [UInt8] = []
        private let maxPayload: Int

        package init(maxPayload: Int) { self.maxPayload = maxPayload }

        /// - Returns: false, with nothing written, where the body would grow beyond `maxPayload`. The first packet goes
        ///   in whatever its size: it could go in no other body either.
        package mutating func append(_ packet: EnginePacket) -> Bool {
            if body.isEmpty {
                packet.write(to: &body)
                return true
            }
            guard body.count + 1 + packet.byteCount <= maxPayload else { return false }
            body.append(separator)
            packet.write(to: &body)
            return true
        }
    }
}
