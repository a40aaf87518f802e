import ControlAPI
package import Domain
package import JSONRPC
package import Logging
package import Sealing

/// What the methods of the control plane do. One file per method group.
package struct ControlHandlers: Sendable {
    let store: any ConfigStore
    let access: any AccessStore
    let documents: any DocumentStore
    let messages: any MessageStore
    let sealer: SecretSealer
    let probe: any ChannelProbe
    let fleet: FleetRegistry
    /// Whether functions and webhooks may lead to private addresses.
    let allowsPrivateURLs: Bool
    let clock: any WallClock
    let logger: Logger
    let keys = KeyedLock()

    package init(
        store: any ConfigStore, access: any AccessStore, documents: any DocumentStore, messages: any MessageStore,
        probe: any ChannelProbe, keyring: Keyring,
        fleet: FleetRegistry, allowsPrivateURLs: Bool = false, clock: any WallClock = SystemClock(), logger: Logger
    ) {
        self.store = store
        self.access = access
        self.documents = documents
        self.messages = messages
        self.probe = probe
        sealer = SecretSealer(keyring: keyring)
        self.fleet = fleet
        self.allowsPrivateURLs = allowsPrivateURLs
        self.clock = clock
        self.logger = logger
    }

    /// Every method of ``ControlAPI`` with its handler.
    package func makeRegistry() -> MethodRegistry<CallContext> {
        var registry = MethodRegistry<CallContext>()
        addTenants(to: &registry)
        addChannels(to: &registry)
        addSecrets(to: &registry)
        addChannelTest(to: &registry)
        addRewrap(to: &registry)
        addFunctions(to: &registry)
        addWebhooks(to: &registry)
        addTokens(to: &registry)
        addConfig(to: &registry)
        addFleet(to: &registry)
        addDocuments(to: &registry)
        addConversations(to: &registry)
        return registry
    }
}

extension MethodRegistry where Context == CallContext {
    mutating func add<Params, Output>(
        _ method: ControlMethod<Params, Output>,
        _ handler: @escaping @Sendable (Params, CallContext) async throws -> Output
    ) {
        let check: @Sendable (CallContext) throws -> Void = { try method.access.check($0) }
        register(method.method, authorize: check) { params, invocation in
            try await handler(params, invocation.context)
        }
    }

    mutating func addEncoded<Params, Output>(
        _ method: ControlMethod<Params, Output>,
        _ handler: @escaping @Sendable (Params, Invocation<CallContext>) async throws -> RPCResult
    ) {
        registerEncoded(method.method, authorize: { try method.access.check($0) }, handler)
    }
}

extension Access {
    func check(_ context: CallContext) throws(RPCError) {
        guard allows(context.caller.role) else { throw .forbidden(context.caller.role) }
    }
}
