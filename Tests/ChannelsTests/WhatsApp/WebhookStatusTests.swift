import Domain
import JSONCoding
import Testing

@testable import Channels

@Suite struct WebhookStatusTests {
    static let ours = MessageID("01981a2b-3c4d-7e5f-8a6b-7c8d9e0f1a2b")

    static func status(_ members: String) throws -> WhatsAppWebhook {
        try Fixture.parse(Fixture.body(value: #""statuses":[{"timestamp":"1750030073",\#(members)}]"#))
    }

    @Test func aStatusNamesOurMessage() throws {
        let webhook = try Fixture.parse(Fixture.status)
        #expect(
            webhook.statuses == [
                StatusUpdate(
                    tenantID: "acme", channelID: "wa1", messageID: Self.ours, externalID: "wamid.STATUS",
                    status: .delivered, timestamp: Timestamp(milliseconds: 1_750_030_073_000))
            ])
    }

    @Test(arguments: [
        ("sent", DeliveryStatus.sent), ("delivered", .delivered), ("read", .read), ("played", .read),
        ("failed", .failed),
    ])
    func words(_ word: String, _ status: DeliveryStatus) throws {
        #expect(try Self.status(#""id":"a","status":"\#(word)""#).statuses.map(\.status) == [status])
    }

    @Test func aFailureTellsMetasCodeAndText() throws {
        let update = try Self.status(
            #""id":"a","status":"failed","errors":[{"code":131026,"title":"Message undeliverable","message":"Message undeliverable","error_data":{"details":"Not on WhatsApp."},"href":"https://x"},{"code":1}]"#
        ).statuses.first
        #expect(update?.code == 131026)
        #expect(update?.text == "Message undeliverable: Not on WhatsApp.")
    }

    @Test(
        arguments: [
            (#"{"code":"131047","title":"T"}"#, 131047, "T"), (#"{"code":5,"message":"M"}"#, 5, "M"),
            (#"{"title":"T","error_data":{"details":"T"}}"#, nil, "T"),
            (#"{"error_data":{"details":"D"}}"#, nil, "D"), (#"{}"#, nil, nil), (#"[]"#, nil, nil),
        ] as [(String, Int64?, String?)])
    func failuresOfEveryShape(_ error: String, _ code: Int64?, _ text: String?) throws {
        let update = try Self.status(#""id":"a","status":"failed","errors":[\#(error)]"#).statuses.first
        #expect(update?.code == code)
        #expect(update?.text == text)
    }

    /// The last part of a split message stands for all of it; a failure of any part is a failure.
    @Test func partsOfASplitMessage() throws {
        let id = try #require(Self.ours)
        let first = WhatsAppPartID(message: id, part: 0, of: 2).text
        let last = WhatsAppPartID(message: id, part: 1, of: 2).text
        #expect(first == "\(id).0" && last == id.description)
        #expect(try Self.status(#""id":"a","status":"read","biz_opaque_callback_data":"\#(first)""#).ignored == 1)
        let failed = try Self.status(#""id":"a","status":"failed","biz_opaque_callback_data":"\#(first)""#)
        #expect(failed.statuses.first?.messageID == id)
        let read = try Self.status(#""id":"a","status":"read","biz_opaque_callback_data":"\#(last)""#)
        #expect(read.statuses.first?.messageID == id)
    }

    @Test(arguments: ["order-7", "", "01981a2b-3c4d-7e5f-8a6b-7c8d9e0f1a2b.x", "01981a2b.1"])
    func callbackDataOfOthersIsNoIdOfOurs(_ data: String) throws {
        let update = try Self.status(#""id":"a","status":"read","biz_opaque_callback_data":"\#(data)""#).statuses.first
        #expect(update?.messageID == nil && update?.externalID == "a")
    }
}
