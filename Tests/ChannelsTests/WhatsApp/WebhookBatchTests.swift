import Domain
import JSONCoding
import Testing

@testable import Channels

@Suite struct WebhookBatchTests {
    private static func message(_ id: Int, from: String = "1650") -> String {
        #"{"from":"\#(from)","id":"w\#(id)","timestamp":"1749416383","type":"text","text":{"body":"m\#(id)"}}"#
    }

    private static func change(_ value: String, number: String = Fixture.number) -> String {
        #"{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"1555","phone_number_id":"\#(number)"},\#(value)}}"#
    }

    private static func body(_ entries: [[String]]) -> String {
        let list = entries.map { #"{"id":"1","changes":[\#($0.joined(separator: ","))]}"# }.joined(separator: ",")
        return #"{"object":"whatsapp_business_account","entry":[\#(list)]}"#
    }

    @Test func everyEntryChangeMessageAndStatusCounts() throws {
        let status = #"{"id":"s","status":"sent","timestamp":"1749416383","recipient_id":"1"}"#
        let one = Self.change(#""messages":[\#(Self.message(1)),\#(Self.message(2))],"statuses":[\#(status)]"#)
        let two = Self.change(#""messages":[\#(Self.message(3))]"#)
        let three = Self.change(#""statuses":[\#(status),\#(status)]"#)
        let webhook = try Fixture.parse(Self.body([[one, two], [three], [one]]))
        #expect(webhook.messages.map { $0.content.text ?? "" } == ["m1", "m2", "m3", "m1", "m2"])
        #expect(webhook.statuses.count == 4)
        #expect(webhook.malformed == 0)
    }

    @Test func otherNumbersAreCountedAndDropped() throws {
        let webhook = try Fixture.parse(
            Self.body([
                [
                    Self.change(#""messages":[\#(Self.message(1)),\#(Self.message(2))]"#, number: "999"),
                    Self.change(#""messages":[\#(Self.message(3))]"#),
                ]
            ]))
        #expect(webhook.messages.map(\.externalID) == ["w3"])
        #expect(webhook.foreign == 2)
    }

    /// Mistake 1 of the field notes: a part that fails throws away the parts beside it.
    @Test func theUnreadableCostsNothingBesideIt() throws {
        let messages = [
            "null", "7", "{}", #"{"id":"x"}"#, #"{"from":"1"}"#, Self.message(1), #"{"from":[],"id":"y"}"#,
            #"{"from":"1","id":""}"#, Self.message(2),
        ].joined(separator: ",")
        let statuses = [
            "false", "{}", #"{"status":"sent"}"#, #"{"id":"a","status":"delivered","timestamp":{}}"#,
            #"{"id":"a","status":"warning"}"#,
        ].joined(separator: ",")
        let webhook = try Fixture.parse(
            Self.body([
                [
                    "null", #"{"field":"messages"}"#, #"{"field":"messages","value":{"metadata":{}}}"#,
                    Self.change(#""messages":[\#(messages)],"statuses":[\#(statuses)]"#),
                ]
            ]))
        #expect(webhook.messages.map(\.externalID) == ["w1", "w2"])
        #expect(webhook.statuses.map(\.externalID) == ["a"])
        #expect(webhook.malformed == 3 + 7 + 3)
        #expect(webhook.ignored == 1)
    }

    @Test func otherFieldsAndEchoesAreNotAnswered() throws {
        let history = Fixture.body(
            value: #""message_echoes":[{"from":"15550783881","to":"1","id":"w"}]"#, field: "smb_message_echoes")
        #expect(try Fixture.parse(history).messages.isEmpty)
        #expect(try Fixture.parse(history).ignored == 1)
        let own = Fixture.body(
            value: #""messages":[{"from":"15550783881","id":"w","type":"text","text":{"body":"x"}}]"#)
        #expect(
            try Fixture.parse(own)
                == {
                    var w = WhatsAppWebhook()
                    w.ignored = 1
                    return w
                }())
    }

    @Test(arguments: [
        "{}", "[]", "7", #"{"object":"page","entry":[]}"#, #"{"object":"whatsapp_business_account"}"#,
        #"{"object":"whatsapp_business_account","entry":{}}"#, #"{"object":7,"entry":[]}"#,
    ])
    func anythingElseIsNoWebhook(_ body: String) {
        #expect(throws: WhatsAppWebhook.NotAWebhook()) { try Fixture.parse(body) }
    }

    @Test func anEmptyBatchIsOne() throws {
        #expect(
            try Fixture.parse(#"{"object":"whatsapp_business_account","entry":[]}"#) == WhatsAppWebhook())
    }

    @Test func thousandsOfUpdatesWithContacts() throws {
        let people = 3000
        let contacts = (0..<people).map { #"{"profile":{"name":"P\#($0)"},"wa_id":"49\#($0)"}"# }
        let messages = (0..<people).map { Self.message($0, from: "49\($0)") }
        let webhook = try Fixture.parse(
            Fixture.body(
                value:
                    #""contacts":[\#(contacts.joined(separator: ","))],"messages":[\#(messages.joined(separator: ","))]"#
            ))
        #expect(webhook.messages.count == people)
        #expect(webhook.messages.enumerated().allSatisfy { $1.metadata["profileName"] == .string("P\($0)") })
        #expect(Set(webhook.messages.map(\.id)).count == people)
    }

    @Test func reportedErrorsAreKept() throws {
        let error = #"{"code":130429,"title":"Rate limit hit","message":"m","error_data":{"details":"too many"}}"#
        let list = Array(repeating: error, count: 30).joined(separator: ",")
        let webhook = try Fixture.parse(Fixture.body(value: #""errors":[\#(list)]"#))
        #expect(webhook.errors.count == WhatsAppWebhook.errorLimit)
        #expect(webhook.errors.first == .init(code: 130429, text: "Rate limit hit: too many"))
    }
}
