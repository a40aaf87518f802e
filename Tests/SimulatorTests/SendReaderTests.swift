import JSONCoding
import Testing

@testable import Simulator

@Suite struct SendReaderTests {
    private func message(_ members: JSONObject) -> JSONValue {
        .object(
            JSONObject(members: [
                ("messaging_product", "whatsapp"), ("to", "447700900101"), ("type", "text"),
                ("text", ["body": "hello"]),
            ]).merging(patch: members))
    }

    private func interactive(_ interactive: JSONValue) -> JSONValue {
        message(["type": "interactive", "text": nil, "interactive": interactive])
    }

    private func read(_ value: JSONValue) throws -> OutgoingMessage {
        guard case .message(let message) = try SendReader.read(value.serialized()) else {
            throw GraphError.invalid("no message")
        }
        return message
    }

    private func error(_ value: JSONValue) -> GraphError? {
        do {
            _ = try SendReader.read(value.serialized())
            return nil
        } catch {
            return error
        }
    }

    private func button(_ id: String, _ title: String) -> JSONValue {
        ["type": "reply", "reply": ["id": .string(id), "title": .string(title)]]
    }

    private func buttons(_ buttons: [JSONValue]) -> JSONValue {
        interactive(["type": "button", "body": ["text": "Choose"], "action": ["buttons": .array(buttons)]])
    }

    private func list(_ rows: [Int], title: String = "Row") -> JSONValue {
        let sections = rows.enumerated().map { section, count -> JSONValue in
            let rows = (0..<count).map { ["id": .string("\(section)-\($0)"), "title": .string(title)] as JSONValue }
            return ["title": .string("Section \(section)"), "rows": .array(rows)]
        }
        return interactive([
            "type": "list", "body": ["text": "Choose"], "action": ["button": "Open", "sections": .array(sections)],
        ])
    }

    @Test func textWithEverything() throws {
        let message = try read(
            message([
                "recipient_type": "individual", "to": "+44 (7700) 900-101",
                "text": ["body": "hello", "preview_url": true],
                "context": ["message_id": "wamid.HBgL"], "biz_opaque_callback_data": "our id",
            ]))
        #expect(message.customer == "447700900101")
        #expect(message.input == "+44 (7700) 900-101")
        #expect(!message.isScopedUser)
        #expect(message.text == "hello")
        #expect(message.contextID == "wamid.HBgL")
        #expect(message.opaqueData == "our id")
    }

    @Test func theTypeIsTextWhereNoneIsSaid() throws {
        #expect(try read(message(["type": nil])).type == "text")
    }

    @Test func textOfTheGreatestLength() {
        #expect(error(message(["text": ["body": .string(String(repeating: "é", count: 4096))]])) == nil)
        let fault = error(message(["text": ["body": .string(String(repeating: "é", count: 4097))]]))
        #expect(fault?.code == 100)
        #expect(fault?.status == 400)
        #expect(fault?.details == "text['body'] must have at most 4096 characters, has 4097")
        #expect(error(message(["text": ["body": ""]]))?.code == 100)
    }

    @Test func opaqueDataOfTheGreatestLength() {
        #expect(error(message(["biz_opaque_callback_data": .string(String(repeating: "x", count: 512))])) == nil)
        #expect(error(message(["biz_opaque_callback_data": .string(String(repeating: "x", count: 513))]))?.code == 100)
    }

    @Test func unknownMembersAreNamed() {
        #expect(
            error(message(["text": ["body": "x", "previewUrl": true]]))?.message
                == #"(#100) Unexpected key "previewUrl" on param "text""#)
        #expect(error(message(["extra": 1]))?.message == #"(#100) Unexpected key "extra" on param "message""#)
        // The object of another type is none of this type's.
        #expect(
            error(message(["image": ["id": "1"]]))?.message == #"(#100) Unexpected key "image" on param "message""#)
    }

    @Test func missingMembersAreNamed() {
        #expect(error(message(["text": nil]))?.message == "(#100) The parameter text is required.")
        #expect(error(message(["to": nil]))?.message == "(#100) The parameter to is required.")
        #expect(
            error(message(["messaging_product": nil]))?.message
                == "(#100) The parameter messaging_product is required.")
        #expect(error(message(["messaging_product": "telegram"]))?.code == 100)
        #expect(error(message(["text": ["body": nil, "preview_url": true]]))?.message.contains("text['body']") == true)
    }

    @Test(arguments: [
        "", "12", "US.13491208655302741918", "+", "44a7700900101", "0044770090010", "1234567890123456789012",
    ])
    func whatIsNoPhoneNumber(_ to: String) {
        #expect(error(message(["to": .string(to)]))?.code == 100)
    }

    @Test func scopedUserIDsGoIntoRecipient() throws {
        let read = try read(message(["to": nil, "recipient": "US.13491208655302741918"]))
        #expect(read.customer == "US.13491208655302741918")
        #expect(read.isScopedUser)
        #expect(error(message(["to": nil, "recipient": "US.ENT.11815799212886844830"])) == nil)
        #expect(error(message(["to": nil, "recipient": "447700900101"]))?.code == 100)
        // A phone number takes precedence.
        #expect(try self.read(message(["recipient": "US.13491208655302741918"])).customer == "447700900101")
    }

    @Test func whatIsNoJSONObject() {
        for text in [
            "", "{", "[]", "null", "\"x\"", #"{"messaging_product":"whatsapp","messaging_product":"whatsapp"}"#,
        ] {
            #expect(throws: GraphError.self) { try SendReader.read(Array(text.utf8)) }
        }
        #expect(throws: GraphError.self) {
            try SendReader.read(Array((String(repeating: "[", count: 100_000)).utf8))
        }
    }

    @Test func replyButtons() throws {
        let three = [button("a", "Yes"), button("b", "No"), button("c", "Exactly twenty chars")]
        let message = try read(buttons(three))
        #expect(message.choices.map(\.title) == ["Yes", "No", "Exactly twenty chars"])
        #expect(message.text == "Choose")
        #expect(error(buttons(three + [button("d", "Four")]))?.code == 131_009)
        #expect(error(buttons([]))?.code == 131_009)
        #expect(error(buttons([button("a", "This one has 21 chars")]))?.code == 131_009)
        #expect(error(buttons([button("a", "")]))?.code == 131_009)
        #expect(error(buttons([button("a", "Yes"), button("a", "No")]))?.code == 131_009)
        #expect(error(buttons([button("a", "Yes"), button("b", "Yes")]))?.code == 131_009)
    }

    @Test func lists() throws {
        #expect(try read(list([10])).choices.count == 10)
        #expect(try read(list([5, 5])).listLabel == "Open")
        #expect(error(list([6, 5]))?.code == 131_009)
        #expect(error(list([11]))?.code == 131_009)
        #expect(error(list([0]))?.code == 131_009)
        #expect(error(list([]))?.code == 131_009)
        #expect(error(list([1], title: "A title of 25 characters!"))?.code == 131_009)
    }

    @Test func mediaNeedsEitherAnIDOrALink() {
        func image(_ object: JSONValue) -> JSONValue { message(["type": "image", "text": nil, "image": object]) }
        #expect(error(image(["id": "1013859600285441"])) == nil)
        #expect(error(image(["link": "https://example.com/a.png", "caption": "A"])) == nil)
        #expect(error(image(["id": "1", "link": "https://example.com/a.png"]))?.code == 100)
        #expect(error(image([:]))?.code == 100)
        #expect(error(image(["link": "file:///etc/passwd"]))?.code == 100)
        #expect(error(image(["id": "1", "filename": "a.png"]))?.message.contains("Unexpected key") == true)
    }

    @Test func otherTypes() throws {
        func of(_ type: String, _ object: JSONValue) -> JSONValue {
            message(JSONObject(members: [("type", .string(type)), ("text", nil), (type, object)]))
        }
        #expect(error(of("location", ["latitude": 51.5, "longitude": "-0.12", "name": "London"])) == nil)
        #expect(error(of("location", ["latitude": 91, "longitude": 0]))?.code == 100)
        #expect(error(of("reaction", ["message_id": "wamid.x", "emoji": "👍"])) == nil)
        #expect(error(of("reaction", ["message_id": "x", "emoji": "👍"]))?.code == 100)
        #expect(error(of("contacts", [["name": ["formatted_name": "Ada"]]])) == nil)
        #expect(error(of("contacts", []))?.code == 100)
        #expect(error(of("template", ["name": "hello_world", "language": ["code": "en_US"]])) == nil)
        #expect(error(of("template", ["name": "Hello World", "language": ["code": "en_US"]]))?.code == 131_009)
        #expect(error(of("poll", [:]))?.code == 100)
    }

    @Test func readReceipts() throws {
        let receipt: JSONValue = [
            "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x",
            "typing_indicator": ["type": "text"],
        ]
        guard case .read("wamid.x", typing: true) = try SendReader.read(receipt.serialized()) else {
            Issue.record("no read receipt")
            return
        }
        #expect(error(["messaging_product": "whatsapp", "status": "read"])?.code == 100)
        #expect(error(["messaging_product": "whatsapp", "status": "seen", "message_id": "wamid.x"])?.code == 100)
    }
}
