import Domain
import JSONCoding
import Testing

@testable import Channels

@Suite struct WebhookHostileTests {
    @Test func stringsAreBoundedAndFreeOfNUL() throws {
        let long = String(repeating: "ä", count: 70_000)
        let message = try #require(
            try Fixture.message(#""type":"text","text":{"body":"\u0000a\u0000\#(long)"}"#))
        #expect(message.content.text?.unicodeScalars.count == 65_536)
        #expect(message.content.text?.first == "a")
        #expect(try survivesTheWire(message))
    }

    @Test func namesAreTakenWholeOrNotAtAll() throws {
        let long = String(repeating: "9", count: 600)
        for member in [#""from":"\#(long)","id":"w""#, #""from":"1","id":"\#(long)""#, #""from":"1\u0000","id":"w""#] {
            let webhook = try Fixture.parse(
                Fixture.body(value: #""messages":[{\#(member),"type":"text","text":{"body":"x"}}]"#))
            #expect(webhook.messages.isEmpty && webhook.malformed == 1, "\(member)")
        }
    }

    @Test func hugeContactCardsAreLeftOut() throws {
        let photo = String(repeating: "A", count: 200_000)
        let message = try Fixture.message(
            #""type":"contacts","contacts":[{"a":"\#(photo)"},{"b":"\#(photo)"},{"c":"\u0000x"}]"#)
        #expect(message?.content.contacts.count == 2)
        #expect(message?.content.contacts.last == ["c": "x"])
    }

    @Test(arguments: [
        #""type":"text""#, #""type":"text","text":[]"#, #""type":"text","text":{"body":""}"#,
        #""type":"text","text":{"body":7}"#, #""type":"image","image":{}"#, #""type":"image","image":null"#,
        #""type":"location","location":{"latitude":91,"longitude":0}"#,
        #""type":"location","location":{"latitude":"1","longitude":0}"#, #""type":"contacts","contacts":[]"#,
        #""type":"interactive","interactive":{"type":"button_reply"}"#, #""type":"button","button":{"text":""}"#,
        #""type":"reaction","reaction":{"emoji":"x"}"#, #""type":["text"]"#, #""type":null"#,
    ])
    func contentThatDoesNotFitItsTypeIsUnsupported(_ members: String) throws {
        let message = try #require(try Fixture.message(members))
        #expect(message.type == .unsupported && message.content == MessageContent())
        #expect(try survivesTheWire(message))
    }

    /// Any value anywhere may be replaced, removed or repeated: nothing traps, and what comes out is fit to travel.
    @Test func tenThousandMutations() throws {
        var random = Seeded(state: 0x5EED_0001)
        let originals = try Fixture.all.map { try JSONValue.parse($0) }
        var messages = 0
        for round in 0..<10_000 {
            var value = originals[round % originals.count]
            for _ in 0...Int.random(in: 0..<3, using: &random) { value = Mutation.mutated(value, &random) }
            let body = value.text
            guard let webhook = try? Fixture.parse(body) else { continue }
            messages += webhook.messages.count
            for message in webhook.messages {
                let fine = try survivesTheWire(message)
                #expect(fine, "round \(round): \(body)")
            }
            for status in webhook.statuses {
                let fine = try survivesTheWire(status)
                #expect(fine, "round \(round): \(body)")
            }
        }
        #expect(messages > 1000)
    }

    @Test func mutatedBytes() throws {
        var random = Seeded(state: 0x5EED_0002)
        let originals = Fixture.all.map { Array($0.utf8) }
        for round in 0..<4_000 {
            var bytes = originals[round % originals.count]
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch UInt8.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            guard let document = try? JSONDocument(parsing: bytes, limits: .webhook),
                let webhook = try? WhatsAppWebhook.parse(
                    document, now: Fixture.now, destination: { _ in .init(tenantID: "t", channelID: "c") })
            else { continue }
            for message in webhook.messages {
                let fine = try survivesTheWire(message)
                #expect(fine, "round \(round)")
            }
        }
    }
}

struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

enum Mutation {
    private static let junk: [JSONValue] = [
        nil, true, false, 0, -1, 7, 1e300, -0.5, "", "x", "\0", "a\0b", .string(String(repeating: "ü", count: 300)),
        .string(String(repeating: "9", count: 5000)), [], [nil], [[], [:]], [:], ["": ""], ["id": "w", "type": "text"],
        .integer(.max), .integer(.min), "99999999999999999999", "text", "reaction", "contacts", "system", "failed",
    ]

    static func mutated(_ value: JSONValue, _ random: inout Seeded) -> JSONValue {
        switch value {
        case .object(let object) where !object.isEmpty && UInt8.random(in: 0..<50, using: &random) > 0:
            var object = object
            let key = object.keys[Int.random(in: 0..<object.count, using: &random)]
            if UInt8.random(in: 0..<40, using: &random) == 0 {
                object[key] = nil
            } else if let inner = object[key] {
                object[key] = mutated(inner, &random)
            }
            return .object(object)
        case .array(var elements) where !elements.isEmpty && UInt8.random(in: 0..<50, using: &random) > 0:
            let index = Int.random(in: 0..<elements.count, using: &random)
            switch UInt8.random(in: 0..<40, using: &random) {
            case 0: elements.remove(at: index)
            case 1: elements.append(elements[index])
            default: elements[index] = mutated(elements[index], &random)
            }
            return .array(elements)
        default:
            return junk[Int.random(in: 0..<junk.count, using: &random)]
        }
    }
}
