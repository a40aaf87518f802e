import ControlAPI
import Domain
import JSONRPC
import ServiceLifecycle

extension ControlHandlers {
    func addFleet(to registry: inout MethodRegistry<CallContext>) {
        registry.add(FleetList.method) { _, _ in
            FleetList.Fleet(revision: try await store.revision(), nodes: await fleet.list().map(\.json))
        }

        registry.add(FleetWait.method) { params, _ in
            // Nobody waits for a process that is told to stop.
            let waited = try await cancelWhenGracefulShutdown {
                try await fleet.wait(for: params.revision, atMost: params.timeoutMilliseconds)
            }
            switch waited {
            case .converged(let nodes, let elapsed):
                return FleetWait.Converged(elapsedMilliseconds: elapsed, nodes: nodes.map(\.json))
            case .laggards(let nodes): throw RPCError.notConverged(laggards: nodes.map(\.json))
            case .blind: throw RPCError.unavailable("message broker")
            }
        }
    }
}
