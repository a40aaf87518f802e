package import JSONCoding

extension StatusUpdate {
    package var json: JSONValue {
        var object: JSONObject = ["tenantId": .string(tenantID), "channelId": .string(channelID)]
        object.append("messageId", messageID.map { .string($0.description) })
        object.append("externalId", externalID.map(JSONValue.string))
        object.append("status", .string(status.rawValue))
        object.append("timestamp", .string(timestamp.description))
        object.append("code", code.map(JSONValue.integer))
        object.append("text", text.map(JSONValue.string))
        return .object(object)
    }

    package init?(reading reader: JSONReader) {
        let read = reader.openObject { object -> StatusUpdate? in
            let tenantID = object.required("tenantId") { $0.identifier() }
            let channelID = object.required("channelId") { $0.identifier() }
            let messageID = object.optional("messageId", MessageID.read)
            let externalID = object.optional("externalId") { $0.string(1...512) }
            let status = object.required("status") { $0.oneOf(DeliveryStatus.self) }
            let timestamp = object.required("timestamp", Timestamp.read)
            let code = object.optional("code") { $0.integer() }
            let text = object.optional("text") { $0.string(0...4096) }
            guard let tenantID, let channelID, let status, let timestamp else { return nil }
            return StatusUpdate(
                tenantID: tenantID, channelID: channelID, messageID: messageID, externalID: externalID,
                status: status, timestamp: timestamp, code: code, text: text)
        }
        guard let read else { return nil }
        self = read
    }
}
