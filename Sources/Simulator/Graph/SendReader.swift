import JSONCoding

/// Reads a send as strictly as Meta documents it.
enum SendReader {
    /// - Throws: the error that the Graph API would answer.
    static func read(_ body: [UInt8]) throws(GraphError) -> SendRequest {
        let json: JSONValue
        do { json = try JSONValue.parse(body) } catch { throw .invalid("The body is not valid JSON: \(error)") }
        guard let members = json.object else { throw .invalid("The body must be a JSON object.") }
        guard let product = members["messaging_product"] else {
            throw GraphError(
                status: 400, code: 100, message: "(#100) The parameter messaging_product is required.")
        }
        guard product == "whatsapp" else {
            throw GraphError(
                status: 400, code: 100,
                message: "(#100) Param messaging_product must be one of {WHATSAPP}",
                details: "messaging_product must be \"whatsapp\".")
        }
        let isRead = members["status"] != nil
        do {
            return try JSONReader.read(json) { $0.object(isRead ? readReceipt : message) }
        } catch {
            throw graphError(error)
        }
    }

    private static func readReceipt(_ object: JSONObjectReader) -> SendRequest? {
        _ = object.has("messaging_product")
        let status = object.required("status") { $0.string(that: "be \"read\"") { $0 == "read" } }
        let messageID = object.required("message_id", messageID)
        let typing = object.optional("typing_indicator") { reader in
            reader.object { $0.required("type") { $0.string(that: "be \"text\"") { $0 == "text" } } }
        }
        guard status != nil, let messageID else { return nil }
        return .read(messageID: messageID, typing: typing != nil)
    }

    private static func message(_ object: JSONObjectReader) -> SendRequest? {
        _ = object.has("messaging_product")
        _ = object.optional("recipient_type") {
            $0.string(that: "be \"individual\" or \"group\"", ["individual", "group"].contains)
        }
        let to = object.optional("to", phone)
        let recipient = object.optional("recipient", scopedUser)
        if to == nil, recipient == nil, !object.has("to"), !object.has("recipient") {
            object.fault("is missing", at: "to")
        }
        let contextID = object.optional("context") { $0.object { $0.required("message_id", messageID) } }
        let opaqueData = object.optional("biz_opaque_callback_data") { $0.string(0...512) }
        let type = object.optional("type", default: "text") { $0.string(1...64) }
        guard let type else { return nil }
        guard let content = SendContent.read(type, object) else { return nil }
        // A phone number takes precedence over a user id.
        guard let customer = to?.digits ?? recipient else { return nil }
        var message = OutgoingMessage(
            customer: customer, input: to?.input ?? customer, isScopedUser: to == nil, type: type, text: content.text)
        message.choices = content.choices
        message.listLabel = content.listLabel
        message.content = content.raw
        message.contextID = contextID
        message.opaqueData = opaqueData
        return .message(message)
    }

    static func messageID(_ reader: JSONReader) -> String? {
        reader.string(1...512, that: "be a WhatsApp message id (wamid.…)") { $0.hasPrefix("wamid.") }
    }

    private static func phone(_ reader: JSONReader) -> (input: String, digits: String)? {
        guard let input = reader.string(1...40) else { return nil }
        guard let digits = Self.digits(of: input) else {
            return reader.fault(
                "must be a phone number with country code; a business-scoped user id goes into recipient")
        }
        return (input, digits)
    }

    /// The digits of a phone number that may be written with `+`, spaces, dashes, dots and parentheses.
    static func digits(of input: String) -> String? {
        var rest = Substring(input)
        if rest.first == "+" { rest.removeFirst() }
        var digits = ""
        for character in rest.unicodeScalars {
            switch character {
            case "0"..."9": digits.unicodeScalars.append(character)
            case " ", "-", ".", "(", ")": continue
            default: return nil
            }
        }
        return (5...20).contains(digits.utf8.count) && !digits.hasPrefix("00") ? digits : nil
    }

    /// `CC.alphanumeric`, as in `US.13491208655302741918`, or `CC.ENT.alphanumeric`.
    private static func scopedUser(_ reader: JSONReader) -> String? {
        reader.string(4...150, that: "be a business-scoped user id such as US.13491208655302741918", isScopedUser)
    }

    static func isScopedUser(_ text: String) -> Bool {
        var parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if parts.count == 3, parts[1].elementsEqual("ENT".utf8) { parts.remove(at: 1) }
        return parts.count == 2 && parts[0].count == 2
            && parts[0].allSatisfy { (0x41...0x5A).contains($0) }
            && (1...128).contains(parts[1].count)
            && parts[1].allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
            }
    }
}

extension SendReader {
    /// The faults as one Graph error: the first decides its kind, the details name all.
    static func graphError(_ faults: JSONFaults) -> GraphError {
        let details = faults.faults.prefix(20).map { "\(parameter($0.path)) \($0.message)" }.joined(separator: "; ")
        guard let first = faults.faults.first else { return .invalid("The request is not valid.") }
        let name = parameter(first.path)
        let message: String
        switch first.message {
        case "is not known here":
            let steps = first.path.split(separator: "/")
            let parent = parameter(steps.dropLast().joined(separator: "/"))
            message =
                "(#100) Unexpected key \"\(steps.last ?? "")\" on param \"\(parent.isEmpty ? "message" : parent)\""
        case "is missing": message = "(#100) The parameter \(name) is required."
        default:
            if first.path.hasPrefix("/interactive") || first.path.hasPrefix("/template") {
                return GraphError(
                    status: 400, code: 131_009, message: "(#131009) Parameter value is not valid", details: details)
            }
            message = "(#100) Invalid parameter"
        }
        return GraphError(status: 400, code: 100, message: message, details: details)
    }

    /// `/text/body` as Meta writes it: `text['body']`.
    private static func parameter(_ path: String) -> String {
        let steps = path.split(separator: "/")
        guard let first = steps.first else { return "" }
        return first + steps.dropFirst().map { "['\($0)']" }.joined()
    }
}
