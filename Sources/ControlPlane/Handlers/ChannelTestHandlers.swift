import ControlAPI
import Domain
import JSONRPC
import Sealing

extension ControlHandlers {
    func addChannelTest(to registry: inout MethodRegistry<CallContext>) {
        registry.add(ChannelTest.method) { params, context in
            guard let channel = try await store.channel(params.id), context.caller.sees(tenant: channel.tenantID)
            else { throw RPCError.notFound("channel") }
            var opened: [String: String] = [:]
            var faults: [ChannelCheck] = []
            for secret in try await store.secrets(tenantID: channel.tenantID, channelID: channel.id) {
                do throws(SealingError) {
                    opened[secret.key.name] = try sealer.open(secret)
                } catch {
                    faults.append(ChannelCheck(secret.key.name, false, "\(error)"))
                }
            }
            let failed = Set(faults.map(\.name))
            return faults + (await probe.check(channel, secrets: opened)).filter { !failed.contains($0.name) }
        }
    }
}
