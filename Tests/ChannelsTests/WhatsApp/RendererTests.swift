import Domain
import JSONCoding
import Testing

@testable import Channels

func outbound(
    _ type: MessageType = .text, _ content: MessageContent, to: String? = "16505551234", metadata: JSONObject = [:]
) -> NormalizedMessage {
    NormalizedMessage(
        id: MessageID(high: 0x0198_1A2B_3C4D_7E5F, low: 0x8A6B_7C8D_9E0F_1A2B), tenantID: "acme", channelID: "wa1",
        channel: .whatsapp, conversationID: "wa1:16505551234", direction: .outbound, from: "bot", to: to,
        timestamp: Timestamp(milliseconds: 0), type: type, content: content, metadata: metadata)
}

@Suite struct RendererTests {
    private static let id = "01981a2b-3c4d-7e5f-8a6b-7c8d9e0f1a2b"

    private func replies(_ count: Int, title: String = "Choice") -> [MessageContent.QuickReply] {
        (1...count).map { .init(title: "\(title) \($0)", payload: "p\($0)") }
    }

    @Test func aText() throws {
        let bodies = try WhatsAppRenderer.render(outbound(.text, MessageContent(text: "Hi")))
        #expect(
            bodies == [
                [
                    "messaging_product": "whatsapp", "recipient_type": "individual", "to": "16505551234",
                    "type": "text", "text": ["body": "Hi"], "biz_opaque_callback_data": .string(Self.id),
                ]
            ])
    }

    @Test func linksGetAPreview() throws {
        let bodies = try WhatsAppRenderer.render(outbound(.text, MessageContent(text: "see https://a.b")))
        #expect(bodies[0]["text"]?["preview_url"] == true)
    }

    @Test(arguments: [
        ("16505551234", "to"), ("+49 30", "recipient"), ("+4930", "to"), ("US.13491208655302741918", "recipient"),
        ("US.ENT.118", "recipient"),
    ])
    func businessScopedIdsAreRecipients(_ to: String, _ member: String) throws {
        let body = try WhatsAppRenderer.render(outbound(.text, MessageContent(text: "x"), to: to))[0]
        #expect(body[member] == .string(to))
        #expect(body[member == "to" ? "recipient" : "to"] == nil)
    }

    @Test func theConversationNamesTheRecipientWhereTheMessageDoesNot() throws {
        let body = try WhatsAppRenderer.render(outbound(.text, MessageContent(text: "x"), to: nil))[0]
        #expect(body["to"] == "16505551234")
        var lost = outbound(.text, MessageContent(text: "x"), to: nil)
        lost.conversationID = "elsewhere"
        #expect(throws: WhatsAppRenderer.Refusal.noRecipient) { try WhatsAppRenderer.render(lost) }
    }

    @Test func aLongTextIsSplitAndItsLastPartStandsForIt() throws {
        let text = (0..<1500).map { "word\($0)" }.joined(separator: " ")
        let bodies = try WhatsAppRenderer.render(
            outbound(.text, MessageContent(text: text), metadata: ["replyTo": "wamid.Q"]))
        #expect(bodies.count == 4)
        #expect(bodies.allSatisfy { ($0["text"]?["body"]?.string?.utf16.count ?? 9999) <= 4096 })
        #expect(bodies.map { $0["text"]?["body"]?.string ?? "" }.joined(separator: " ") == text)
        #expect(
            bodies.map { $0["biz_opaque_callback_data"]?.string }
                == ["\(Self.id).0", "\(Self.id).1", "\(Self.id).2", Self.id])
        #expect(bodies[0]["context"] == ["message_id": "wamid.Q"])
        #expect(bodies.dropFirst().allSatisfy { $0["context"] == nil })
    }

    @Test func upToThreeChoicesAreButtons() throws {
        let content = MessageContent(
            text: "Pick",
            quickReplies: [
                .init(title: "A title beyond twenty characters", payload: "a"), .init(title: "B", payload: ""),
            ])
        let body = try WhatsAppRenderer.render(outbound(.text, content))[0]
        #expect(body["type"] == "interactive")
        #expect(
            body["interactive"] == [
                "type": "button", "body": ["text": "Pick"],
                "action": [
                    "buttons": [
                        ["type": "reply", "reply": ["id": "a", "title": "A title beyond twen…"]],
                        ["type": "reply", "reply": ["id": "B", "title": "B"]],
                    ]
                ],
            ])
    }

    @Test func fourToTenAreAList() throws {
        for count in [4, 10] {
            let content = MessageContent(
                text: "Pick", quickReplies: replies(count, title: "A choice with a long title"))
            let body = try WhatsAppRenderer.render(outbound(.text, content))[0]
            // Cut to 24 all of these titles are the same, so they are told apart in the text.
            #expect(body["type"] == "text")
            let short = try WhatsAppRenderer.render(
                outbound(.text, MessageContent(text: "Pick", quickReplies: replies(count))))[0]
            #expect(short["interactive"]?["type"] == "list")
            #expect(short["interactive"]?["action"]?["sections"]?.array?[0]["rows"]?.array?.count == count)
        }
        var mixed = replies(4)
        mixed[3].title = "The one with the very long title"
        let body = try WhatsAppRenderer.render(outbound(.text, MessageContent(text: "Pick", quickReplies: mixed)))[0]
        #expect(
            body["interactive"]?["action"]?["sections"]?.array?[0]["rows"]?.array?[3]
                == ["id": "p4", "title": "The one with the very l…", "description": "The one with the very long title"])
    }

    @Test func moreThanTenBecomeText() throws {
        let bodies = try WhatsAppRenderer.render(
            outbound(.text, MessageContent(text: "Pick", quickReplies: replies(11))))
        #expect(bodies.count == 1 && bodies[0]["type"] == "text")
        #expect(bodies[0]["text"]?["body"]?.string?.hasSuffix("• Choice 10\n• Choice 11") == true)
    }

    @Test func whatDoesNotFitAboveTheButtonsGoesBefore() throws {
        let text = (0..<700).map { "Sentence \($0)." }.joined(separator: " ")
        let bodies = try WhatsAppRenderer.render(
            outbound(.text, MessageContent(text: text, quickReplies: replies(2))))
        #expect(bodies.dropLast().allSatisfy { $0["type"] == "text" })
        let above = bodies.last?["interactive"]?["body"]?["text"]?.string ?? ""
        #expect(above.hasSuffix("Sentence 699.") && above.utf16.count <= 1024)
    }

    @Test(arguments: [
        [("A", "same"), ("B", "same")], [("Same", "a"), ("Same", "b")], [("A", String(repeating: "x", count: 257))],
    ])
    func choicesThatMetaWouldRefuseBecomeText(_ choices: [(String, String)]) throws {
        let content = MessageContent(
            text: "Pick", quickReplies: choices.map { .init(title: $0.0, payload: $0.1) })
        #expect(try WhatsAppRenderer.render(outbound(.text, content)).map { $0["type"] } == ["text"])
    }

    @Test func mediaByLinkOrByItsId() throws {
        let link = MessageContent.Media(
            url: "https://x.example/a.pdf", mimeType: "application/pdf", filename: "a.pdf", caption: "C")
        let body = try WhatsAppRenderer.render(outbound(.document, MessageContent(media: link)))[0]
        #expect(body["document"] == ["link": "https://x.example/a.pdf", "caption": "C", "filename": "a.pdf"])
        let own = MessageContent.Media(url: "graph:77", mimeType: "image/png")
        #expect(try WhatsAppRenderer.render(outbound(.image, MessageContent(media: own)))[0]["image"] == ["id": "77"])
    }

    @Test func captionsWithoutAPlaceFollowAsText() throws {
        let media = MessageContent.Media(url: "https://x.example/a", mimeType: "audio/ogg", caption: "C")
        let bodies = try WhatsAppRenderer.render(outbound(.audio, MessageContent(media: media)))
        #expect(bodies[0]["audio"] == ["link": "https://x.example/a"])
        #expect(bodies[1]["text"] == ["body": "C"])
        let long = MessageContent.Media(
            url: "https://x.example/a", mimeType: "image/png", caption: String(repeating: "c", count: 1025))
        let two = try WhatsAppRenderer.render(outbound(.image, MessageContent(media: long)))
        #expect(two.map { $0["type"] } == ["image", "text"])
    }

    @Test func locationAndReaction() throws {
        let place = MessageContent.Location(latitude: 1.5, longitude: 2, name: "N")
        #expect(
            try WhatsAppRenderer.render(outbound(.location, MessageContent(location: place)))[0]["location"]
                == ["latitude": 1.5, "longitude": 2.0, "name": "N"])
        let reaction = MessageContent.Reaction(externalID: "wamid.X", emoji: "👍")
        #expect(
            try WhatsAppRenderer.render(outbound(.reaction, MessageContent(reaction: reaction)))[0]["reaction"]
                == ["message_id": "wamid.X", "emoji": "👍"])
    }

    @Test(arguments: [
        (MessageType.text, MessageContent(text: " ")), (.image, MessageContent()),
        (.image, MessageContent(media: .init(url: "file:///etc/passwd", mimeType: "x/y"))),
        (.location, MessageContent()), (.unsupported, MessageContent(text: "x")), (.reaction, MessageContent()),
    ])
    func whatCannotBeSentIsRefused(_ type: MessageType, _ content: MessageContent) {
        #expect(throws: WhatsAppRenderer.Refusal.unsupportedContent) {
            try WhatsAppRenderer.render(outbound(type, content))
        }
    }
}
