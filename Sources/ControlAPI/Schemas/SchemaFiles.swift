package import JSONCoding
import JSONRPC

extension ControlAPI {
    /// The files under `Schemas/` that are written from this code, by name.
    package static let schemaFiles: [(name: String, content: JSONValue)] = [
        ("openrpc.json", openRPC),
        file("normalized-message", "NormalizedMessage", "A message of any channel, as it travels and is kept"),
        file("config-event", "ConfigEvent", "One committed change of the configuration, on the fanout metachat.config"),
        file("tenant-settings", "TenantSettings", "A tenant's settings"),
        file("channel-config-whatsapp", "WhatsAppConfig", "The config of a whatsapp channel"),
        file("channel-config-messenger", "MessengerConfig", "The config of a messenger channel"),
        file("channel-config-webchat", "WebChatConfig", "The config of a webchat channel"),
    ]

    private static func file(_ name: String, _ root: String, _ title: String) -> (name: String, content: JSONValue) {
        let file = name + ".schema.json"
        return (file, JSONSchema.document(id: "urn:metachat:" + name, title: title, root: root, shared: schemas))
    }
}

extension JSONValue {
    /// JSON text for people: two spaces a level, short arrays of plain values on one line, a line feed at the end.
    package var prettyText: String {
        var text = ""
        writePretty(to: &text, indent: 0)
        return text + "\n"
    }

    private func writePretty(to text: inout String, indent: Int) {
        let inner = String(repeating: "  ", count: indent + 1)
        let outer = String(repeating: "  ", count: indent)
        switch self {
        case .array(let elements) where !elements.isEmpty && !elements.allSatisfy(\.isPlain):
            text += "[\n"
            for (index, element) in elements.enumerated() {
                text += inner
                element.writePretty(to: &text, indent: indent + 1)
                text += index == elements.count - 1 ? "\n" : ",\n"
            }
            text += outer + "]"
        case .object(let object) where !object.isEmpty:
            text += "{\n"
            for (index, member) in object.members.enumerated() {
                text += inner + JSONValue.string(member.key).text + ": "
                member.value.writePretty(to: &text, indent: indent + 1)
                text += index == object.count - 1 ? "\n" : ",\n"
            }
            text += outer + "}"
        default: text += self.text
        }
    }

    private var isPlain: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }
}
