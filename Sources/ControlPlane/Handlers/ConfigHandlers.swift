import ControlAPI
import Domain
import JSONCoding
import JSONRPC

extension ControlHandlers {
    func addConfig(to registry: inout MethodRegistry<CallContext>) {
        registry.addEncoded(ConfigSnapshotMethod.method) { params, _ in
            if let since = params.sinceRevision {
                let current = try await store.revision()
                if since == current {
                    return .value([
                        "revision": .integer(current), "unchanged": true, "tenants": [], "channels": [],
                        "secrets": [], "functions": [],
                    ])
                }
            }
            return .text(Self.text(try await store.snapshot()))
        }

        registry.add(Discover.method) { _, _ in ControlAPI.openRPC }
    }

    /// The snapshot's JSON text, written entity by entity: as one value it would take several times the memory.
    static func text(_ snapshot: ConfigSnapshot) -> [UInt8] {
        var text = Array("{\"revision\":\(snapshot.revision)".utf8)
        text.reserveCapacity(
            512 * (snapshot.tenants.count + snapshot.channels.count + snapshot.secrets.count) + 128)
        func list<Entity>(_ name: String, _ entities: [Entity], _ json: (Entity) -> JSONValue) {
            text += Array(",\"\(name)\":[".utf8)
            for (index, entity) in entities.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                text += json(entity).serialized()
            }
            text.append(UInt8(ascii: "]"))
        }
        list("tenants", snapshot.tenants, \.json)
        list("channels", snapshot.channels, \.json)
        list("secrets", snapshot.secrets, \.json)
        text += Array(",\"functions\":[]}".utf8)
        return text
    }
}
