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
                        "secrets": [], "functions": [], "webhooks": [],
                    ])
                }
            }
            return .text(SnapshotText.write(try await store.snapshot()))
        }

        registry.add(Discover.method) { _, _ in ControlAPI.openRPC }
    }
}
