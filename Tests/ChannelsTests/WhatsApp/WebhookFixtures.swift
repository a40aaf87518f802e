import Domain
import JSONCoding

@testable import Channels

/// Bodies in the shapes that Meta documents for the `messages` webhook field.
enum Fixture {
    static let now = Timestamp(milliseconds: 1_790_000_000_123)
    static let number = "106540352242922"

    /// One message in an otherwise ordinary body. `message` holds the members beside id, from and timestamp.
    static func body(message: String, id: String = "wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=")
        -> String
    {
        body(
            value: """
                "contacts":[{"profile":{"name":"Sheena Nelson"},"wa_id":"16505551234"}],
                "messages":[{"from":"16505551234","id":"\(id)","timestamp":"1749416383",\(message)}]
                """)
    }

    /// A body with one change; `value` holds the members beside messaging_product and metadata.
    static func body(value: String, number: String = Fixture.number, field: String = "messages") -> String {
        """
        {"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":\
        {"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881",\
        "phone_number_id":"\(number)"},\(value)},"field":"\(field)"}]}]}
        """
    }

    static let text = body(message: #""type":"text","text":{"body":"Does it come in another color?"}"#)

    static let status = body(
        value: """
            "statuses":[{"id":"wamid.STATUS","status":"delivered","timestamp":"1750030073",\
            "recipient_id":"16505551234","recipient_user_id":"US.13491208655302741918",\
            "biz_opaque_callback_data":"01981a2b-3c4d-7e5f-8a6b-7c8d9e0f1a2b",\
            "conversation":{"id":"a1","expiration_timestamp":"1750116480","origin":{"type":"service"}},\
            "pricing":{"billable":true,"pricing_model":"PMP","category":"service","type":"regular"}}]
            """)

    static let all: [String] =
        [
            text, status,
            body(
                message: #""type":"image","image":{"caption":"T","mime_type":"image/jpeg","sha256":"a=","id":"1003"}"#),
            body(message: #""type":"audio","audio":{"mime_type":"audio/ogg; codecs=opus","id":"14","voice":true}"#),
            body(message: #""type":"document","document":{"filename":"a.pdf","mime_type":"application/pdf","id":"1"}"#),
            body(message: #""type":"location","location":{"latitude":37.44,"longitude":-122.15,"name":"P"}"#),
            body(message: #""type":"contacts","contacts":[{"name":{"formatted_name":"B"},"phones":[{"phone":"1"}]}]"#),
            body(
                message:
                    #""type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"b1","title":"Yes"}}"#
            ),
            body(message: #""type":"button","button":{"payload":"Unsubscribe","text":"Unsubscribe"}"#),
            body(message: #""type":"reaction","reaction":{"message_id":"wamid.X","emoji":"👍"}"#),
            body(
                message:
                    #""type":"system","system":{"body":"User A changed from 1 to 2","wa_id":"2","type":"user_changed_number"}"#
            ),
            body(
                message:
                    #""type":"unsupported","errors":[{"code":131051,"title":"Message type unknown","message":"M"}]"#),
            body(
                message:
                    #""context":{"from":"15550783881","id":"wamid.Q","forwarded":true},"type":"text","text":{"body":"q"}"#
            ),
        ]

    static func parse(_ body: String) throws -> WhatsAppWebhook {
        try WhatsAppWebhook.parse(JSONDocument(parsing: body, limits: .webhook), now: now) { number in
            number == Self.number ? .init(tenantID: "acme", channelID: "wa1") : nil
        }
    }

    static func message(_ members: String) throws -> NormalizedMessage? {
        let webhook = try parse(body(message: members))
        return webhook.messages.count == 1 ? webhook.messages[0] : nil
    }
}

/// Every message that leaves the parser must be readable by those who get it.
func survivesTheWire(_ message: NormalizedMessage) throws -> Bool {
    let value = try JSONValue.parse(message.json.serialized(), limits: .webhook)
    return try JSONReader.read(value, NormalizedMessage.init(reading:)) == message
}

func survivesTheWire(_ status: StatusUpdate) throws -> Bool {
    let value = try JSONValue.parse(status.json.serialized())
    return try JSONReader.read(value, StatusUpdate.init(reading:)) == status
}
