import Domain
import JSONCoding
import Testing

@testable import Channels

@Suite struct WebhookMessageTests {
    @Test func aTextBecomesAMessage() throws {
        let webhook = try Fixture.parse(Fixture.text)
        let message = try #require(webhook.messages.first)
        #expect(webhook.messages.count == 1 && webhook.statuses.isEmpty)
        #expect(message.tenantID == "acme" && message.channelID == "wa1" && message.channel == .whatsapp)
        #expect(message.conversationID == "wa1:16505551234")
        #expect(message.externalID == "wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=")
        #expect(message.direction == .inbound && message.from == "16505551234" && message.to == Fixture.number)
        #expect(message.timestamp.description == "2025-06-08T20:59:43.000Z")
        #expect(message.type == .text && message.content == MessageContent(text: "Does it come in another color?"))
        #expect(message.metadata == ["profileName": "Sheena Nelson"])
        #expect(try survivesTheWire(message))
    }

    /// Redelivery gives the same id on every node, another message another one.
    @Test func theIdFollowsFromTheMessage() throws {
        let first = try Fixture.parse(Fixture.text).messages[0].id
        #expect(try Fixture.parse(Fixture.text).messages[0].id == first)
        let other = try Fixture.parse(
            Fixture.body(message: #""type":"text","text":{"body":"x"}"#, id: "wamid.other")
        ).messages[0].id
        #expect(other != first)
        #expect(first.description.dropFirst(14).first == "7")
        #expect(first.high >> 16 == 1_749_416_383_000)
    }

    @Test(arguments: [
        ("image", MessageType.image), ("audio", .audio), ("video", .video), ("document", .document),
        ("sticker", .sticker),
    ])
    func mediaKeepsItsIdUntilItIsFetched(_ word: String, _ type: MessageType) throws {
        let message = try #require(
            try Fixture.message(
                #""type":"\#(word)","\#(word)":{"id":"1003383421387256","mime_type":"x/y","sha256":"abc=","caption":"C","filename":"f.z"}"#
            ))
        #expect(message.type == type)
        #expect(
            message.content.media
                == .init(
                    url: "graph:1003383421387256", mimeType: "x/y", filename: "f.z", caption: "C", sha256: "abc="))
    }

    @Test func aVoiceMessageIsMarked() throws {
        let message = try Fixture.message(#""type":"audio","audio":{"id":"1","mime_type":"audio/ogg","voice":true}"#)
        #expect(message?.metadata["voice"] == true)
    }

    @Test func aLocation() throws {
        let message = try Fixture.message(
            #""type":"location","location":{"address":"101 Forest Ave","latitude":37.5,"longitude":-122,"name":"P","url":"https://x"}"#
        )
        #expect(
            message?.content.location
                == .init(latitude: 37.5, longitude: -122, name: "P", address: "101 Forest Ave"))
    }

    @Test func contactsStayAsTheyCame() throws {
        let message = try Fixture.message(
            #""type":"contacts","contacts":[{"name":{"formatted_name":"B"}},{"phones":[{"phone":"+1"}]}]"#)
        #expect(message?.type == .contacts)
        #expect(
            message?.content.contacts == [["name": ["formatted_name": "B"]], ["phones": [["phone": "+1"]]]])
    }

    @Test(arguments: [
        (
            #""type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"p1","title":"Yes"}}"#,
            "Yes", "p1"
        ),
        (
            #""type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"r1","title":"Row","description":"D"}}"#,
            "Row", "r1"
        ),
        (#""type":"button","button":{"payload":"STOP","text":"Unsubscribe"}"#, "Unsubscribe", "STOP"),
    ])
    func aChoiceHasTitleAndPayload(_ members: String, _ title: String, _ payload: String) throws {
        let message = try #require(try Fixture.message(members))
        #expect(message.type == .interactive)
        #expect(message.content.reply == .init(title: title, payload: payload))
        #expect(message.content.text == title)
    }

    @Test func aFormKeepsItsAnswers() throws {
        let message = try Fixture.message(
            #""type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"name":"flow","body":"Sent","response_json":"{\"a\":1}"}}"#
        )
        #expect(message?.content.reply == .init(title: "Sent", payload: "flow"))
        #expect(message?.metadata["formResponse"] == #"{"a":1}"#)
    }

    @Test func reactionsComeAndGo() throws {
        let given = try Fixture.message(#""type":"reaction","reaction":{"message_id":"wamid.X","emoji":"👍"}"#)
        #expect(given?.content.reaction == .init(externalID: "wamid.X", emoji: "👍"))
        let taken = try Fixture.message(#""type":"reaction","reaction":{"message_id":"wamid.X"}"#)
        #expect(taken?.content.reaction == .init(externalID: "wamid.X", emoji: ""))
    }

    @Test func systemNoticesAreKeptForLater() throws {
        let message = try Fixture.message(
            #""type":"system","system":{"body":"User A changed","wa_id":"2","user_id":"US.2","type":"user_changed_number"}"#
        )
        #expect(message?.type == .unsupported)
        #expect(message?.metadata["platformType"] == "system")
        #expect(
            message?.metadata["system"]
                == ["type": "user_changed_number", "body": "User A changed", "waId": "2", "userId": "US.2"])
    }

    @Test(arguments: ["order", "request_welcome", "a_type_of_next_year", "unsupported", ""])
    func whatWeDoNotKnowIsNotLost(_ word: String) throws {
        let message = try #require(try Fixture.message(#""type":"\#(word)""#))
        #expect(message.type == .unsupported && message.content == MessageContent())
        #expect(message.metadata["platformType"] == .string(word.isEmpty ? "unknown" : word))
    }

    @Test func quotedAndForwarded() throws {
        let message = try Fixture.message(
            #""context":{"from":"1","id":"wamid.Q","forwarded":true,"frequently_forwarded":true},"type":"text","text":{"body":"q"}"#
        )
        #expect(message?.metadata["replyTo"] == "wamid.Q")
        #expect(message?.metadata["forwarded"] == true)
        #expect(message?.metadata["frequentlyForwarded"] == true)
    }

    @Test func withoutAPhoneNumberTheBusinessScopedIdIsTheName() throws {
        let webhook = try Fixture.parse(
            Fixture.body(
                value: """
                    "contacts":[{"profile":{"name":"A","username":"al"},"user_id":"US.1349","parent_user_id":"US.ENT.1"}],
                    "messages":[{"from_user_id":"US.1349","id":"w","timestamp":"1749416383","type":"text",
                    "text":{"body":"hi"}}]
                    """))
        let message = try #require(webhook.messages.first)
        #expect(message.from == "US.1349" && message.conversationID == "wa1:US.1349")
        #expect(
            message.metadata
                == ["profileName": "A", "username": "al", "userId": "US.1349", "parentUserId": "US.ENT.1"])
    }

    @Test func thePhoneNumberWinsOverTheBusinessScopedId() throws {
        let webhook = try Fixture.parse(
            Fixture.body(
                value: """
                    "contacts":[{"profile":{"name":"A"},"wa_id":"1650","user_id":"US.1349"}],
                    "messages":[{"from":"1650","from_user_id":"US.1349","id":"w","timestamp":"1","type":"text",
                    "text":{"body":"hi"}}]
                    """))
        #expect(webhook.messages.first?.conversationID == "wa1:1650")
        #expect(webhook.messages.first?.metadata["userId"] == "US.1349")
    }

    @Test func theOnlyContactNamesASenderThatTheMessageDoesNot() throws {
        let webhook = try Fixture.parse(
            Fixture.body(
                value: """
                    "contacts":[{"profile":{"name":"A"},"user_id":"US.7"}],
                    "messages":[{"id":"w","timestamp":"1","type":"contacts","origin":"contact_request/other",
                    "contacts":[{"phones":[{"phone":"+1"}]}]}]
                    """))
        #expect(webhook.messages.first?.from == "US.7")
        #expect(webhook.messages.first?.metadata["origin"] == "contact_request/other")
    }

    @Test(arguments: ["", #""timestamp":"soon","#, #""timestamp":"-5","#, #""timestamp":"99999999999999","#])
    func withoutASensibleTimeItIsNow(_ time: String) throws {
        let webhook = try Fixture.parse(
            Fixture.body(value: #""messages":[{"from":"1",\#(time)"id":"w","type":"text","text":{"body":"x"}}]"#))
        #expect(webhook.messages.first?.timestamp == Fixture.now)
    }
}
