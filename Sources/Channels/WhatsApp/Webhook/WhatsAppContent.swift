import Domain
import JSONCoding

/// The content of a message by its `type`. What cannot be read as its type says becomes `unsupported`, with the
/// platform's word in `metadata.platformType`: it has a sender who waits for an answer.
enum WhatsAppContent {
    static func read(_ view: JSONView, _ metadata: inout JSONObject) -> (MessageType, MessageContent) {
        let word = view["type"]?.name(64) ?? ""
        let known: (MessageType, MessageContent)? =
            switch word {
            case "text": text(view["text"])
            case "image": media(view["image"], .image, &metadata)
            case "audio", "voice": media(view[word], .audio, &metadata)
            case "video": media(view["video"], .video, &metadata)
            case "document": media(view["document"], .document, &metadata)
            case "sticker": media(view["sticker"], .sticker, &metadata)
            case "location": location(view["location"])
            case "contacts": contacts(view["contacts"], origin: view["origin"], &metadata)
            case "interactive": interactive(view["interactive"], &metadata)
            case "button": choice(view["button"], title: "text", payload: "payload")
            case "reaction": reaction(view["reaction"])
            default: nil
            }
        if let known { return known }
        metadata.append("platformType", .string(PlatformText.bounded(word, 64) ?? "unknown"))
        if let system = view["system"] { describe(system: system, in: &metadata) }
        if let error = view["errors"]?[0] {
            metadata.append("errorCode", error["code"]?.wholeNumber.map(JSONValue.integer))
            metadata.append("errorText", WhatsAppStatus.text(of: error).map(JSONValue.string))
        }
        return (.unsupported, MessageContent())
    }

    private static func text(_ view: JSONView?) -> (MessageType, MessageContent)? {
        guard let body = view?["body"]?.text(65_536) else { return nil }
        return (.text, MessageContent(text: body))
    }

    private static func media(
        _ view: JSONView?, _ type: MessageType, _ metadata: inout JSONObject
    ) -> (MessageType, MessageContent)? {
        guard let view, let id = view["id"]?.name(1024) else { return nil }
        if view["voice"]?.bool ?? false { metadata.append("voice", true) }
        let media = MessageContent.Media(
            url: "graph:" + id, mimeType: view["mime_type"]?.text(255) ?? "application/octet-stream",
            filename: view["filename"]?.text(1024), caption: view["caption"]?.text(4096),
            sha256: view["sha256"]?.text(128))
        return (type, MessageContent(media: media))
    }

    private static func location(_ view: JSONView?) -> (MessageType, MessageContent)? {
        guard let view, let latitude = view["latitude"]?.number, let longitude = view["longitude"]?.number,
            (-90...90).contains(latitude), (-180...180).contains(longitude)
        else { return nil }
        let place = MessageContent.Location(
            latitude: latitude, longitude: longitude, name: view["name"]?.text(1024),
            address: view["address"]?.text(1024))
        return (.location, MessageContent(location: place))
    }

    private static func contacts(
        _ view: JSONView?, origin: JSONView?, _ metadata: inout JSONObject
    ) -> (MessageType, MessageContent)? {
        guard let view, view.isArray, view.count > 0 else { return nil }
        // Cards may carry pictures; all together must leave the message fit for the broker.
        var room = 262_144
        var cards: [JSONValue] = []
        for card in view.elements.prefix(100) {
            let value = card.value
            let weight = PlatformText.weight(value)
            guard weight <= room else { continue }
            room -= weight
            cards.append(PlatformText.withoutNUL(value))
        }
        guard !cards.isEmpty else { return nil }
        // `contact_request/…`: the customer answered our request for the phone number.
        metadata.append("origin", origin?.text(128).map(JSONValue.string))
        return (.contacts, MessageContent(contacts: cards))
    }

    private static func interactive(
        _ view: JSONView?, _ metadata: inout JSONObject
    ) -> (MessageType, MessageContent)? {
        guard let view else { return nil }
        if let reply = view["button_reply"] ?? view["list_reply"] {
            return choice(reply, title: "title", payload: "id")
        }
        guard let flow = view["nfm_reply"] else { return nil }
        // A completed form; its answers are a JSON text of their own.
        metadata.append("formResponse", flow["response_json"]?.text(65_536).map(JSONValue.string))
        let name = flow["name"]?.text(256) ?? "flow"
        let title = flow["body"]?.text(256) ?? name
        return (
            .interactive,
            MessageContent(text: title, reply: MessageContent.QuickReply(title: title, payload: name))
        )
    }

    private static func choice(
        _ view: JSONView?, title: String, payload: String
    ) -> (MessageType, MessageContent)? {
        let payload = view?[payload]?.text(1024)
        guard let title = view?[title]?.text(256) ?? payload.flatMap({ PlatformText.bounded($0, 256) }) else {
            return nil
        }
        let reply = MessageContent.QuickReply(title: title, payload: payload ?? title)
        return (.interactive, MessageContent(text: title, reply: reply))
    }

    private static func reaction(_ view: JSONView?) -> (MessageType, MessageContent)? {
        guard let target = view?["message_id"]?.name(512) else { return nil }
        // Without emoji, the reaction was taken back.
        let reaction = MessageContent.Reaction(externalID: target, emoji: view?["emoji"]?.text(64) ?? "")
        return (.reaction, MessageContent(reaction: reaction))
    }

    /// Changes of a customer's number or business-scoped user id; no message to be answered.
    private static func describe(system: JSONView, in metadata: inout JSONObject) {
        var result = JSONObject()
        result.append("type", .string(system["type"]?.text(64) ?? "unknown"))
        result.append("body", system["body"]?.text(1024).map(JSONValue.string))
        for (key, name) in [
            ("wa_id", "waId"), ("new_wa_id", "newWaId"), ("user_id", "userId"), ("parent_user_id", "parentUserId"),
            ("previous_wa_id", "previousWaId"), ("previous_user_id", "previousUserId"),
        ] {
            result.append(name, system[key]?.name(150).map(JSONValue.string))
        }
        metadata.append("system", .object(result))
    }
}
