package import JSONCoding

/// A packet of the Socket.IO protocol, version 5, with its binary attachments.
package struct SocketPacket: Sendable, Hashable {
    package enum Content: Sendable, Hashable {
        /// From a client: the object with which it authenticates, if any. From a server: the object with the `sid`.
        case connect(JSONText?)
        /// Why a client may not connect: an object with `message`.
        case connectError(JSONText)
        case disconnect
        /// - Parameter arguments: an array, without the name.
        case event(name: String, arguments: JSONText)
        /// - Parameter arguments: an array.
        case acknowledgement(JSONText)
    }

    /// The one without a name of its own.
    package static let mainNamespace = "/"

    /// Begins with `/`, holds no comma.
    package var namespace: String
    package var content: Content
    /// What an acknowledgement answers, or what an event wants one under: 0 to 2^53 - 1.
    package var id: UInt64?
    /// What the placeholders `{"_placeholder":true,"num":…}` in the arguments stand for.
    package var attachments: [[UInt8]]

    package init(
        _ content: Content, namespace: String = mainNamespace, id: UInt64? = nil, attachments: [[UInt8]] = []
    ) {
        self.namespace = namespace
        self.content = content
        self.id = id
        self.attachments = attachments
    }

    /// The messages that carry the packet: a text, then each attachment as it is.
    package var messages: [EngineMessage] { [.text(header)] + attachments.map(EngineMessage.binary) }

    /// `<type>[<number of attachments>-][<namespace>,][<id>][<JSON>]`
    private var header: [UInt8] {
        let isBinary = !attachments.isEmpty
        let type: Character
        let json: [UInt8]
        switch content {
        case .connect(let auth): (type, json) = ("0", auth?.bytes ?? [])
        case .disconnect: (type, json) = ("1", [])
        case .event(let name, let arguments):
            (type, json) = (isBinary ? "5" : "2", Self.event(name, arguments))
        case .acknowledgement(let arguments): (type, json) = (isBinary ? "6" : "3", arguments.bytes)
        case .connectError(let reason): (type, json) = ("4", reason.bytes)
        }
        var text: [UInt8] = []
        text.reserveCapacity(json.count + namespace.utf8.count + 32)
        text += type.utf8
        if isBinary { text += "\(attachments.count)-".utf8 }
        if namespace != Self.mainNamespace {
            text += namespace.utf8
            text.append(UInt8(ascii: ","))
        }
        if let id { text += "\(id)".utf8 }
        text += json
        return text
    }

    /// The array that begins with the name.
    private static func event(_ name: String, _ arguments: JSONText) -> [UInt8] {
        var bytes = [UInt8(ascii: "[")]
        bytes += JSONText(.string(name)).bytes
        if arguments.bytes.count > 2 { bytes.append(UInt8(ascii: ",")) }
        bytes += arguments.bytes.dropFirst()
        return bytes
    }
}
