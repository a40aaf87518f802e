package import JSONCoding

/// What a message says. Which parts are present follows from the message's type.
package struct MessageContent: Sendable, Hashable {
    package var text: String?
    package var media: Media?
    package var location: Location?
    package var quickReplies: [QuickReply]
    /// The choice a person made: a list row, a button, a quick reply.
    package var reply: QuickReply?
    /// Contact cards as the platform sent them.
    package var contacts: [JSONValue]
    package var reaction: Reaction?

    package init(
        text: String? = nil, media: Media? = nil, location: Location? = nil, quickReplies: [QuickReply] = [],
        reply: QuickReply? = nil, contacts: [JSONValue] = [], reaction: Reaction? = nil
    ) {
        self.text = text
        self.media = media
        self.location = location
        self.quickReplies = quickReplies
        self.reply = reply
        self.contacts = contacts
        self.reaction = reaction
    }

    package struct Media: Sendable, Hashable {
        /// Where the bytes are: an http(s) URL, or `graph:{media id}` until they are fetched from Meta.
        package var url: String
        package var mimeType: String
        package var filename: String?
        package var caption: String?
        package var sha256: String?
        /// Bytes.
        package var size: Int64?

        package init(
            url: String, mimeType: String, filename: String? = nil, caption: String? = nil, sha256: String? = nil,
            size: Int64? = nil
        ) {
            self.url = url
            self.mimeType = mimeType
            self.filename = filename
            self.caption = caption
            self.sha256 = sha256
            self.size = size
        }
    }

    /// WGS 84 degrees.
    package struct Location: Sendable, Hashable {
        package var latitude: Double
        package var longitude: Double
        package var name: String?
        package var address: String?

        package init(latitude: Double, longitude: Double, name: String? = nil, address: String? = nil) {
            self.latitude = latitude
            self.longitude = longitude
            self.name = name
            self.address = address
        }
    }

    package struct QuickReply: Sendable, Hashable {
        package var title: String
        package var payload: String

        package init(title: String, payload: String) {
            self.title = title
            self.payload = payload
        }
    }

    package struct Reaction: Sendable, Hashable {
        /// Our id of the message reacted to, when known.
        package var messageID: MessageID?
        package var externalID: String
        /// Empty when the reaction was taken back.
        package var emoji: String

        package init(messageID: MessageID? = nil, externalID: String, emoji: String) {
            self.messageID = messageID
            self.externalID = externalID
            self.emoji = emoji
        }
    }
}

extension MessageContent {
    package var json: JSONValue {
        var object = JSONObject()
        object.append("text", text.map(JSONValue.string))
        object.append("media", media?.json)
        object.append("location", location?.json)
        if !quickReplies.isEmpty { object.append("quickReplies", .array(quickReplies.map(\.json))) }
        object.append("reply", reply?.json)
        if !contacts.isEmpty { object.append("contacts", .array(contacts)) }
        object.append("reaction", reaction?.json)
        return .object(object)
    }

    package init?(reading reader: JSONReader) {
        let read = reader.object { object -> MessageContent? in
            MessageContent(
                text: object.optional("text") { $0.string(0...65_536) },
                media: object.optional("media", Media.init(reading:)),
                location: object.optional("location", Location.init(reading:)),
                quickReplies: object.optional("quickReplies") { $0.array(max: 100, QuickReply.init(reading:)) } ?? [],
                reply: object.optional("reply", QuickReply.init(reading:)),
                contacts: object.optional("contacts") { $0.array(max: 100) { $0.rawValue() } } ?? [],
                reaction: object.optional("reaction", Reaction.init(reading:))
            )
        }
        guard let read else { return nil }
        self = read
    }
}

extension MessageContent.Media {
    package var json: JSONValue {
        var object: JSONObject = ["url": .string(url), "mimeType": .string(mimeType)]
        object.append("filename", filename.map(JSONValue.string))
        object.append("caption", caption.map(JSONValue.string))
        object.append("sha256", sha256.map(JSONValue.string))
        object.append("size", size.map(JSONValue.integer))
        return .object(object)
    }

    package init?(reading reader: JSONReader) {
        let read = reader.object { object -> Self? in
            let url = object.required("url") { $0.string(1...4096) }
            let mimeType = object.required("mimeType") { $0.string(1...255) }
            let filename = object.optional("filename") { $0.string(0...1024) }
            let caption = object.optional("caption") { $0.string(0...4096) }
            let sha256 = object.optional("sha256") { $0.string(0...128) }
            let size = object.optional("size") { $0.integer(in: 0 ... .max) }
            guard let url, let mimeType else { return nil }
            return Self(url: url, mimeType: mimeType, filename: filename, caption: caption, sha256: sha256, size: size)
        }
        guard let read else { return nil }
        self = read
    }
}

extension MessageContent.Location {
    package var json: JSONValue {
        var object: JSONObject = ["latitude": .number(latitude), "longitude": .number(longitude)]
        object.append("name", name.map(JSONValue.string))
        object.append("address", address.map(JSONValue.string))
        return .object(object)
    }

    package init?(reading reader: JSONReader) {
        let read = reader.object { object -> Self? in
            let latitude = object.required("latitude") { $0.number(in: -90...90) }
            let longitude = object.required("longitude") { $0.number(in: -180...180) }
            let name = object.optional("name") { $0.string(0...1024) }
            let address = object.optional("address") { $0.string(0...1024) }
            guard let latitude, let longitude else { return nil }
            return Self(latitude: latitude, longitude: longitude, name: name, address: address)
        }
        guard let read else { return nil }
        self = read
    }
}

extension MessageContent.QuickReply {
    package var json: JSONValue { ["title": .string(title), "payload": .string(payload)] }

    package init?(reading reader: JSONReader) {
        let read = reader.object { object -> Self? in
            let title = object.required("title") { $0.string(1...256) }
            let payload = object.required("payload") { $0.string(0...1024) }
            guard let title, let payload else { return nil }
            return Self(title: title, payload: payload)
        }
        guard let read else { return nil }
        self = read
    }
}

extension MessageContent.Reaction {
    package var json: JSONValue {
        var object = JSONObject()
        object.append("messageId", messageID.map { .string($0.description) })
        object.append("externalId", .string(externalID))
        object.append("emoji", .string(emoji))
        return .object(object)
    }

    package init?(reading reader: JSONReader) {
        let read = reader.object { object -> Self? in
            let messageID = object.optional("messageId", MessageID.read)
            let externalID = object.required("externalId") { $0.string(1...512) }
            let emoji = object.required("emoji") { $0.string(0...64) }
            guard let externalID, let emoji else { return nil }
            return Self(messageID: messageID, externalID: externalID, emoji: emoji)
        }
        guard let read else { return nil }
        self = read
    }
}
