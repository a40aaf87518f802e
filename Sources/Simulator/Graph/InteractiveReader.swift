import JSONCoding

/// Reads the `interactive` object: reply buttons, lists, and the kinds that only need a body and an action.
enum InteractiveReader {
    static func read(_ reader: JSONReader) -> SendContent? {
        reader.object { object -> SendContent? in
            guard let type = object.required("type", { $0.string(1...64) }) else { return nil }
            let header = object.optional("header") { self.header($0, textOnly: type == "list") }
            let footer = object.optional("footer") { $0.object { $0.required("text") { $0.string(1...60) } } }
            let bodyLimit = type == "list" ? 4096 : 1024
            func body(required: Bool) -> String? {
                let read: (JSONReader) -> String? = {
                    $0.object { $0.required("text") { $0.string(1...bodyLimit) } }
                }
                return required ? object.required("body", read) : object.optional("body", read)
            }
            var content = SendContent(text: "", raw: reader.value)
            switch type {
            case "button":
                content.text = body(required: true) ?? ""
                content.choices = object.required("action", buttons) ?? []
            case "list":
                content.text = body(required: true) ?? ""
                let list = object.required("action", list)
                content.choices = list?.rows ?? []
                content.listLabel = list?.label
            case "cta_url":
                content.text = body(required: true) ?? ""
                if let link = object.required("action", link) { content.text += "\n[\(link.label): \(link.url)]" }
            case "location_request_message":
                content.text = body(required: true) ?? ""
                _ = object.required("action") { reader in
                    reader.object {
                        $0.required("name") { $0.string(that: "be \"send_location\"") { $0 == "send_location" } }
                    }
                }
            case "flow", "product", "product_list", "catalog_message", "address_message", "carousel", "voice_call":
                content.text = body(required: type != "product") ?? ""
                _ = object.required("action") { $0.rawObject() }
            default:
                object.fault(
                    "must be one of button, list, cta_url, location_request_message, flow, product, product_list, "
                        + "catalog_message, address_message, carousel, voice_call", at: "type")
                return nil
            }
            content.text = [header, content.text, footer].compactMap(\.self).joined(separator: "\n")
            return content
        }
    }

    private static func header(_ reader: JSONReader, textOnly: Bool) -> String? {
        reader.object { object -> String? in
            guard let type = object.required("type", { $0.string(1...16) }) else { return nil }
            switch type {
            case "text": return object.required("text") { $0.string(1...60) }
            case "image", "video", "document":
                if textOnly {
                    object.fault("must be \"text\" in a list", at: "type")
                    return nil
                }
                return object.required(type) { $0.rawObject() }.map { _ in "[\(type)]" }
            default:
                object.fault("must be one of text, image, video, document", at: "type")
                return nil
            }
        }
    }

    private static func buttons(_ reader: JSONReader) -> [OutgoingMessage.Choice]? {
        reader.object { object -> [OutgoingMessage.Choice]? in
            object.required("buttons") { reader in
                let buttons = reader.array(max: 3) { reader in
                    reader.object { object -> OutgoingMessage.Choice? in
                        _ = object.required("type") { $0.string(that: "be \"reply\"") { $0 == "reply" } }
                        return object.required("reply") { reader in
                            reader.object { choice($0, id: 256, title: 20, detail: nil) }
                        }
                    }
                }
                guard let buttons else { return nil }
                guard !buttons.isEmpty else { return reader.fault("must not be empty") }
                guard Set(buttons.map(\.title)).count == buttons.count else {
                    return reader.fault("must have titles that differ")
                }
                return distinct(buttons, reader)
            }
        }
    }

    private static func list(_ reader: JSONReader) -> (label: String, rows: [OutgoingMessage.Choice])? {
        reader.object { object -> (label: String, rows: [OutgoingMessage.Choice])? in
            let label = object.required("button") { $0.string(1...20) }
            let rows = object.required("sections") { reader -> [OutgoingMessage.Choice]? in
                let single = (reader.value.array?.count ?? 0) < 2
                let sections = reader.array(max: 10) { section($0, titleNeeded: !single) }
                guard let sections else { return nil }
                guard !sections.isEmpty else { return reader.fault("must not be empty") }
                let rows = sections.flatMap(\.self)
                guard rows.count <= 10 else {
                    return reader.fault("must have at most 10 rows in all, has \(rows.count)")
                }
                return distinct(rows, reader)
            }
            guard let label, let rows else { return nil }
            return (label, rows)
        }
    }

    private static func section(_ reader: JSONReader, titleNeeded: Bool) -> [OutgoingMessage.Choice]? {
        reader.object { object -> [OutgoingMessage.Choice]? in
            if titleNeeded {
                _ = object.required("title") { $0.string(1...24) }
            } else {
                _ = object.optional("title") { $0.string(1...24) }
            }
            return object.required("rows") { reader in
                let rows = reader.array(max: 10) { reader in
                    reader.object { choice($0, id: 200, title: 24, detail: 72) }
                }
                guard let rows else { return nil }
                return rows.isEmpty ? reader.fault("must not be empty") : rows
            }
        }
    }

    private static func choice(
        _ object: JSONObjectReader, id idLimit: Int, title titleLimit: Int, detail detailLimit: Int?
    ) -> OutgoingMessage.Choice? {
        let id = object.required("id") { $0.string(1...idLimit) }
        let title = object.required("title") { $0.string(1...titleLimit) }
        let detail = detailLimit.flatMap { limit in object.optional("description") { $0.string(0...limit) } }
        guard let id, let title else { return nil }
        return OutgoingMessage.Choice(id: id, title: title, detail: detail)
    }

    private static func distinct(
        _ choices: [OutgoingMessage.Choice], _ reader: JSONReader
    ) -> [OutgoingMessage.Choice]? {
        Set(choices.map(\.id)).count == choices.count ? choices : reader.fault("must have ids that differ")
    }

    private static func link(_ reader: JSONReader) -> (label: String, url: String)? {
        reader.object { object -> (label: String, url: String)? in
            _ = object.required("name") { $0.string(that: "be \"cta_url\"") { $0 == "cta_url" } }
            return object.required("parameters") { reader in
                reader.object { object -> (label: String, url: String)? in
                    let label = object.required("display_text") { $0.string(1...20) }
                    let url = object.required("url", SendContent.link)
                    guard let label, let url else { return nil }
                    return (label, url)
                }
            }
        }
    }
}
