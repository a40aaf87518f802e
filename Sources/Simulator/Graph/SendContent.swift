import JSONCoding

/// The part of a send that differs by its type.
struct SendContent {
    var text: String
    var choices: [OutgoingMessage.Choice] = []
    var listLabel: String?
    var raw: JSONValue?

    /// Reads the object named like the type.
    static func read(_ type: String, _ object: JSONObjectReader) -> SendContent? {
        switch type {
        case "text": return object.required("text", text)
        case "image", "video", "document", "audio", "sticker":
            return object.required(type) { media(type, $0) }
        case "location": return object.required("location", location)
        case "contacts": return object.required("contacts", contacts)
        case "reaction": return object.required("reaction", reaction)
        case "interactive": return object.required("interactive", InteractiveReader.read)
        case "template": return object.required("template", template)
        default:
            object.fault(
                "must be one of text, image, video, document, audio, sticker, location, contacts, reaction, "
                    + "interactive, template", at: "type")
            return nil
        }
    }

    private static func text(_ reader: JSONReader) -> SendContent? {
        reader.object { object -> SendContent? in
            _ = object.optional("preview_url") { $0.bool() }
            return object.required("body") { $0.string(1...4096) }.map { SendContent(text: $0) }
        }
    }

    private static func media(_ type: String, _ reader: JSONReader) -> SendContent? {
        reader.object { object -> SendContent? in
            let id = object.optional("id") { $0.string(1...128) }
            let link = object.optional("link", link)
            if object.has("id") == object.has("link") { object.fault("needs either an id or a link") }
            var caption: String?
            var filename: String?
            if ["image", "video", "document"].contains(type) {
                caption = object.optional("caption") { $0.string(0...1024) }
            }
            if type == "document" { filename = object.optional("filename") { $0.string(1...240) } }
            if type == "audio" { _ = object.optional("voice") { $0.bool() } }
            guard id != nil || link != nil else { return nil }
            let name = filename ?? link ?? id.map { "media \($0)" }
            let text = [caption, "[\(type): \(name ?? "")]"].compactMap(\.self).joined(separator: "\n")
            return SendContent(text: text, raw: reader.value)
        }
    }

    static func link(_ reader: JSONReader) -> String? {
        reader.string(8...2048, that: "be an http or https URL") { text in
            guard text.hasPrefix("https://") || text.hasPrefix("http://") else { return false }
            return text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
        }
    }

    private static func location(_ reader: JSONReader) -> SendContent? {
        reader.object { object -> SendContent? in
            let latitude = object.required("latitude") { degrees($0, 90) }
            let longitude = object.required("longitude") { degrees($0, 180) }
            let name = object.optional("name") { $0.string(0...1000) }
            let address = object.optional("address") { $0.string(0...1000) }
            guard let latitude, let longitude else { return nil }
            let words = [name, address, "\(latitude), \(longitude)"].compactMap(\.self).joined(separator: "\n")
            return SendContent(text: words, raw: reader.value)
        }
    }

    /// Meta takes coordinates as numbers and as strings.
    private static func degrees(_ reader: JSONReader, _ limit: Double) -> Double? {
        guard case .string(let text) = reader.value else { return reader.number(in: -limit...limit) }
        guard text.utf8.count <= 32, let number = Double(text), number.magnitude <= limit else {
            return reader.fault("must lie between \(-limit) and \(limit)")
        }
        return number
    }

    private static func contacts(_ reader: JSONReader) -> SendContent? {
        let names = reader.array(max: 257) { reader in
            reader.openObject { object -> String? in
                object.required("name") { reader in
                    reader.openObject { $0.required("formatted_name") { $0.string(1...1024) } }
                }
            }
        }
        guard let names else { return nil }
        guard !names.isEmpty else { return reader.fault("must not be empty") }
        return SendContent(text: "[contacts: \(names.joined(separator: ", "))]", raw: reader.value)
    }

    private static func reaction(_ reader: JSONReader) -> SendContent? {
        reader.object { object -> SendContent? in
            let messageID = object.required("message_id", SendReader.messageID)
            let emoji = object.required("emoji") { $0.string(0...32) }
            guard messageID != nil, let emoji else { return nil }
            return SendContent(text: emoji, raw: reader.value)
        }
    }

    private static func template(_ reader: JSONReader) -> SendContent? {
        reader.object { object -> SendContent? in
            let name = object.required("name") { reader in
                reader.string(1...512, that: "consist of a-z, 0-9 and _") { name in
                    name.utf8.allSatisfy {
                        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
                    }
                }
            }
            let language = object.required("language") { reader in
                reader.object { object -> String? in
                    _ = object.optional("policy") {
                        $0.string(that: "be \"deterministic\"") { $0 == "deterministic" }
                    }
                    return object.required("code") { $0.string(2...16) }
                }
            }
            _ = object.optional("components") { reader in
                reader.array(max: 20) { reader in
                    reader.openObject { object in
                        object.required("type") { reader in
                            reader.string(that: "be header, body, button, carousel or limited_time_offer") {
                                ["header", "body", "button", "carousel", "limited_time_offer"].contains($0.lowercased())
                            }
                        }
                    }
                }
            }
            guard let name, let language else { return nil }
            return SendContent(text: "[template: \(name) (\(language))]", raw: reader.value)
        }
    }
}
