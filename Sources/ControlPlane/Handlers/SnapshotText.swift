package import Domain
import JSONCoding

/// The JSON text of a snapshot, the same as its `json` would be written.
package enum SnapshotText {
    /// Entity by entity: as one value it would take several times the memory.
    package static func write(_ snapshot: ConfigSnapshot) -> [UInt8] {
        var text = Array("{\"revision\":\(snapshot.revision)".utf8)
        text.reserveCapacity(
            512 * (snapshot.tenants.count + snapshot.channels.count + snapshot.secrets.count) + 128)
        list("tenants", snapshot.tenants, to: &text, \.json)
        list("channels", snapshot.channels, to: &text, \.json)
        list("secrets", snapshot.secrets, to: &text, \.json)
        list("functions", snapshot.functions, to: &text, \.json)
        list("webhooks", snapshot.webhooks, to: &text, \.json)
        text.append(UInt8(ascii: "}"))
        return text
    }

    private static func list<Entity>(
        _ name: String, _ entities: [Entity], to text: inout [UInt8], _ json: (Entity) -> JSONValue
    ) {
        text += Array(",\"\(name)\":[".utf8)
        for (index, entity) in entities.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text += json(entity).serialized()
        }
        text.append(UInt8(ascii: "]"))
    }
}
