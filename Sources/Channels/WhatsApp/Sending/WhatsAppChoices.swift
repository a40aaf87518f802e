import Domain
import JSONCoding

/// A text with quick replies: up to 3 are buttons, up to 10 a list, more are lines of the text.
enum WhatsAppChoices {
    static func parts(text: String, choices: [MessageContent.QuickReply]) -> [JSONObject] {
        switch choices.count {
        case 0: texts(text)
        case ...WhatsAppLimits.buttons:
            interactive(text, choices, WhatsAppLimits.buttonTitle, WhatsAppLimits.buttonID, buttons)
        case ...WhatsAppLimits.rows:
            interactive(text, choices, WhatsAppLimits.rowTitle, WhatsAppLimits.rowID, list)
        default: lines(text, choices)
        }
    }

    private struct Choice {
        var title: String
        var id: String
        var fullTitle: String
    }

    private static func texts(_ text: String) -> [JSONObject] {
        WhatsAppLimits.text.split(text).map { piece in
            var object: JSONObject = ["body": .string(piece)]
            if piece.contains("https://") || piece.contains("http://") { object.append("preview_url", true) }
            return ["type": "text", "text": .object(object)]
        }
    }

    private static func lines(_ text: String, _ choices: [MessageContent.QuickReply]) -> [JSONObject] {
        let lines = choices.map { "• " + $0.title }.joined(separator: "\n")
        return texts(text.isEmpty ? lines : text + "\n\n" + lines)
    }

    private static func interactive(
        _ text: String, _ replies: [MessageContent.QuickReply], _ title: TextLimit, _ idLimit: Int,
        _ make: (String, [Choice]) -> JSONObject
    ) -> [JSONObject] {
        let choices = replies.map { reply in
            Choice(
                title: title.cut(reply.title), id: reply.payload.isEmpty ? reply.title : reply.payload,
                fullTitle: reply.title)
        }
        // Meta refuses a message with two choices of one title or id, and cutting an id would change what comes back.
        guard Set(choices.map(\.title)).count == choices.count, Set(choices.map(\.id)).count == choices.count,
            choices.allSatisfy({ $0.id.utf8.count <= idLimit && !$0.title.allSatisfy(\.isWhitespace) })
        else { return lines(text, replies) }
        // What does not fit above the choices goes before them.
        var pieces = WhatsAppLimits.text.split(text)
        let last = pieces.popLast() ?? "…"
        var body = WhatsAppLimits.choiceBody.split(last)
        let above = body.popLast() ?? "…"
        return (pieces + body).flatMap(texts) + [["type": "interactive", "interactive": .object(make(above, choices))]]
    }

    private static func buttons(_ body: String, _ choices: [Choice]) -> JSONObject {
        let buttons = choices.map { choice -> JSONValue in
            ["type": "reply", "reply": ["id": .string(choice.id), "title": .string(choice.title)]]
        }
        return [
            "type": "button", "body": ["text": .string(body)], "action": ["buttons": .array(buttons)],
        ]
    }

    private static func list(_ body: String, _ choices: [Choice]) -> JSONObject {
        let rows = choices.map { choice -> JSONValue in
            var row: JSONObject = ["id": .string(choice.id), "title": .string(choice.title)]
            if choice.title != choice.fullTitle {
                row.append("description", .string(WhatsAppLimits.rowDescription.cut(choice.fullTitle)))
            }
            return .object(row)
        }
        let action: JSONValue = ["button": "Options", "sections": [["rows": .array(rows)]]]
        return ["type": "list", "body": ["text": .string(body)], "action": action]
    }
}
