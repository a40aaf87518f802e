import JSONCoding
import SocketIO
import Support
import Testing

@Suite struct EnginePacketTests {
    private func packets(_ text: String, maxPayload: Int = 1000) throws -> [EnginePacket] {
        var reader = try EnginePayload.Reader(Array(text.utf8), maxPayload: maxPayload, maxPackets: 5)
        var packets: [EnginePacket] = []
        while let packet = try reader.next() { packets.append(packet) }
        return packets
    }

    private func fault(_ text: String, maxPayload: Int = 1000) -> EngineFault? {
        do {
            _ = try packets(text, maxPayload: maxPayload)
            return nil
        } catch {
            return error as? EngineFault
        }
    }

    @Test(arguments: [
        ("4hello", [EnginePacket.message(.text(Array("hello".utf8)))]),
        ("4", [.message(.text([]))]), ("bAQIDBA==", [.message(.binary([1, 2, 3, 4]))]), ("b", [.message(.binary([]))]),
        ("3", [.pong([])]), ("3probe", [.pong(Array("probe".utf8))]), ("1\u{1E}6", [.close, .noop]),
        ("4€\u{1E}bAA==\u{1E}5", [.message(.text(Array("€".utf8))), .message(.binary([0])), .upgrade]),
        (#"0{"sid":"x"}"#, [.open(Array(#"{"sid":"x"}"#.utf8))]), ("2probe", [.ping(Array("probe".utf8))]),
    ])
    func payloadsAreReadAndWritten(_ text: String, _ expected: [EnginePacket]) throws {
        #expect(try packets(text) == expected)
        var writer = EnginePayload.Writer(maxPayload: 1000)
        for packet in expected { #expect(writer.append(packet) == true) }
        #expect(writer.body == Array(text.utf8))
        #expect(expected.map(\.byteCount).reduce(expected.count - 1, +) == text.utf8.count)
    }

    @Test(arguments: [
        ("", EngineFault.emptyPacket), ("4a\u{1E}", .emptyPacket), ("\u{1E}4a", .emptyPacket),
        ("abc", .unknownPacketType(UInt8(ascii: "a"))), ("7", .unknownPacketType(UInt8(ascii: "7"))),
        ("1x", .unexpectedData), ("5x", .unexpectedData), ("6x", .unexpectedData),
        ("bAQ", .invalidBase64), ("bA=B=", .invalidBase64), ("b€", .invalidBase64),
    ])
    func malformedPayloadsAreRefused(_ text: String, _ expected: EngineFault) {
        #expect(fault(text) == expected)
    }

    @Test func textIsUTF8() {
        #expect(throws: EngineFault.invalidUTF8) { try EnginePacket(text: [0x34, 0xFF]) }
        #expect(throws: EngineFault.invalidUTF8) { try EnginePacket(text: [0x34, 0xED, 0xA0, 0x80]) }
    }

    @Test func aPayloadHasALimit() throws {
        #expect(fault("4" + String(repeating: "x", count: 1000)) == .tooLarge)
        #expect(try packets("4" + String(repeating: "x", count: 999)).count == 1)
        #expect(try packets("4\u{1E}4\u{1E}4\u{1E}4\u{1E}4").count == 5)
        #expect(fault("4\u{1E}4\u{1E}4\u{1E}4\u{1E}4\u{1E}4") == .tooManyPackets)
    }

    @Test func aBodyTakesWhatFits() {
        var writer = EnginePayload.Writer(maxPayload: 10)
        #expect(writer.append(.message(.text(Array("123".utf8)))) == true)
        #expect(writer.append(.message(.text(Array("1234".utf8)))) == true)
        #expect(writer.append(.noop) == false)
        #expect(writer.body.count == 10)
        // What is too large by itself goes alone.
        var other = EnginePayload.Writer(maxPayload: 10)
        #expect(other.append(.message(.text([UInt8](repeating: 0x78, count: 20)))) == true)
        #expect(other.append(.noop) == false)
    }

    @Test func framesAreTextOrBytes() {
        #expect(EnginePacket.message(.text(Array("a".utf8))).frame == .text(Array("4a".utf8)))
        #expect(EnginePacket.message(.binary([1, 2])).frame == .binary([1, 2]))
        #expect(EnginePacket.pong(Array("probe".utf8)).frame == .text(Array("3probe".utf8)))
    }

    /// Whatever comes, it is read or refused, and what is read comes back the same.
    @Test func mutatedPayloads() throws {
        var random = SeededGenerator(seed: 4)
        let samples = ["4hello\u{1E}bAQIDBA==\u{1E}3probe", "2\u{1E}4€uro\u{1E}1", "b\u{1E}4\u{1E}6"].map {
            Array($0.utf8)
        }
        var readable = 0
        for _ in 0..<20_000 {
            var body = samples.randomElement(using: &random)!
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<body.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: body[index] = UInt8.random(in: 0...255, using: &random)
                case 1: body.insert(UInt8.random(in: 0...255, using: &random), at: index)
                default: if body.count > 1 { body.remove(at: index) }
                }
            }
            do {
                var reader = try EnginePayload.Reader(body, maxPayload: 100, maxPackets: 100)
                var writer = EnginePayload.Writer(maxPayload: 100)
                while let packet = try reader.next() { #expect(writer.append(packet) == true) }
                #expect(writer.body == body)
                readable += 1
            } catch {
                // Refused.
            }
        }
        #expect(readable > 1000)
    }
}
