import Domain
import JSONCoding
import Testing

struct MessageJSONTests {
    private static func message(_ content: MessageContent, _ type: MessageType, metadata: JSONObject = [:])
        -> NormalizedMessage
    {
        NormalizedMessage(
            id: MessageID(at: Timestamp(milliseconds: 1_795_350_637_042)), tenantID: "t", channelID: "c",
            channel: .whatsapp,
            conversationID: "c:49151", externalID: "wamid.x", direction: .inbound, from: "49151", to: "1",
            timestamp: Timestamp(milliseconds: 1_795_350_637_000), type: type, content: content, position: 9,
            metadata: metadata)
    }

    static let samples: [NormalizedMessage] = [
        message(MessageContent(text: "Grüße \"quoted\" \u{1F44B}\n\u{7}"), .text),
        message(MessageContent(), .unsupported),
        message(
            MessageContent(
                media: .init(
                    url: "graph:1", mimeType: "image/png", filename: "a.png", caption: "b", sha256: "cd", size: 7)),
            .image),
        message(MessageContent(location: .init(latitude: 45.8, longitude: 15.97, name: "Zagreb")), .location),
        message(
            MessageContent(
                text: "x", quickReplies: [.init(title: "A", payload: "a")], reply: .init(title: "B", payload: ""),
                contacts: [["name": ["formatted_name": "C"]]], reaction: .init(externalID: "w", emoji: "")),
            .interactive, metadata: ["profileName": "Ana", "nested": ["a": [1, 2.5, nil, true]]]),
    ]

    @Test(arguments: samples)
    func roundTrips(message: NormalizedMessage) throws {
        let text = message.json.serialized()
        #expect(try JSONReader.read(JSONValue.parse(text), NormalizedMessage.init(reading:)) == message)
        #expect(String(decoding: message.serialized(), as: UTF8.self) == String(decoding: text, as: UTF8.self))
    }

    @Test func faultsAreNamed() throws {
        var object = try #require(Self.samples[0].json.object)
        object["id"] = "x"
        object["tenantId"] = "a b"
        object["type"] = "fax"
        object["content"] = nil
        object["timestamp"] = 5
        object["tomorrow's member"] = true
        do {
            _ = try JSONReader.read(.object(object), NormalizedMessage.init(reading:))
            Issue.record("read a faulty message")
        } catch {
            #expect(error.faults.map(\.path).sorted() == ["/content", "/id", "/tenantId", "/timestamp", "/type"])
        }
    }

    @Test func nulNeverPassesToTheDatabase() throws {
        for message in [
            Self.message(MessageContent(text: "a\u{0}b"), .text),
            Self.message(MessageContent(text: "a"), .text, metadata: ["x": ["y\u{0}"]]),
        ] {
            #expect(throws: JSONFaults.self) { try JSONReader.read(message.json, NormalizedMessage.init(reading:)) }
        }
    }
}
