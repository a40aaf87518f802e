package import Domain
package import JSONCoding

/// Turns a message into the request bodies of `POST /{phone_number_id}/messages`, in their order.
package enum WhatsAppRenderer {
    /// Why a message cannot be sent on WhatsApp, in the words of `message.failed`.
    package enum Refusal: String, Error, Sendable {
        case noRecipient = "no_recipient"
        case unsupportedContent = "unsupported_content"
    }

    /// - Throws: ``Refusal``; trying again gives the same.
    package static func render(_ message: NormalizedMessage) throws(Refusal) -> [JSONObject] {
        let recipient = try WhatsAppRecipient(of: message)
        let parts = try parts(message)
        guard !parts.isEmpty else { throw .unsupportedContent }
        return parts.enumerated().map { index, part in
            var body: JSONObject = ["messaging_product": "whatsapp", "recipient_type": "individual"]
            body.append(recipient.member, .string(recipient.id))
            for member in part { body.append(member.key, member.value) }
            if index == 0, let quoted = message.metadata["replyTo"]?.string, part["type"] != "reaction" {
                body.append("context", ["message_id": .string(quoted)])
            }
            let id = WhatsAppPartID(message: message.id, part: index, of: parts.count)
            body.append("biz_opaque_callback_data", .string(id.text))
            return body
        }
    }

    private static func parts(_ message: NormalizedMessage) throws(Refusal) -> [JSONObject] {
        let content = message.content
        let text = content.text ?? ""
        switch message.type {
        case .text, .interactive, .postback: return WhatsAppChoices.parts(text: text, choices: content.quickReplies)
        case .image, .video, .document, .audio, .sticker: return try media(message)
        case .location:
            guard let location = content.location else { throw .unsupportedContent }
            return [self.location(location)] + WhatsAppChoices.parts(text: text, choices: content.quickReplies)
        case .contacts:
            guard !content.contacts.isEmpty else { throw .unsupportedContent }
            return [["type": "contacts", "contacts": .array(content.contacts)]]
        case .reaction:
            guard let reaction = content.reaction else { throw .unsupportedContent }
            let object: JSONValue = [
                "message_id": .string(reaction.externalID), "emoji": .string(reaction.emoji),
            ]
            return [["type": "reaction", "reaction": object]]
        case .unsupported: throw .unsupportedContent
        }
    }

    /// A caption that is too long, or has no place at the medium, follows as text.
    private static func media(_ message: NormalizedMessage) throws(Refusal) -> [JSONObject] {
        guard let media = message.content.media else { throw .unsupportedContent }
        var object = JSONObject()
        if media.url.hasPrefix("https://") || media.url.hasPrefix("http://") {
            object.append("link", .string(media.url))
        } else if media.url.hasPrefix("graph:") {
            object.append("id", .string(String(media.url.dropFirst(6))))
        } else {
            throw .unsupportedContent
        }
        var text = [media.caption, message.content.text].compactMap { $0 }.filter { !$0.isEmpty }
        if text.count == 2, text[0] == text[1] { text.removeLast() }
        let takesCaption = message.type != .audio && message.type != .sticker
        if takesCaption, let caption = text.first, WhatsAppLimits.caption.allows(caption) {
            object.append("caption", .string(caption))
            text.removeFirst()
        }
        if message.type == .document { object.append("filename", media.filename.map(JSONValue.string)) }
        let word = message.type.rawValue
        return [["type": .string(word), word: .object(object)]]
            + WhatsAppChoices.parts(text: text.joined(separator: "\n\n"), choices: message.content.quickReplies)
    }

    private static func location(_ location: MessageContent.Location) -> JSONObject {
        var object: JSONObject = ["latitude": .number(location.latitude), "longitude": .number(location.longitude)]
        object.append("name", location.name.map(JSONValue.string))
        object.append("address", location.address.map(JSONValue.string))
        return ["type": "location", "location": .object(object)]
    }
}

/// Whom a message goes to. A business-scoped user id in `to` would be dropped silently.
struct WhatsAppRecipient {
    var member: String
    var id: String

    init(of message: NormalizedMessage) throws(WhatsAppRenderer.Refusal) {
        let prefix = message.channelID + ":"
        let named =
            message.to
            ?? (message.conversationID.hasPrefix(prefix) ? String(message.conversationID.dropFirst(prefix.count)) : "")
        guard !named.isEmpty else { throw .noRecipient }
        let digits = named.utf8.first == UInt8(ascii: "+") ? named.utf8.dropFirst() : named.utf8[...]
        let isPhone = !digits.isEmpty && digits.allSatisfy { $0 &- 0x30 < 10 }
        member = isPhone ? "to" : "recipient"
        id = named
    }
}
