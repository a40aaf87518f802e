package import Channels
package import ConfigSync
import Domain
import JSONCoding
package import Logging
package import Sealing
import Synchronization

/// Makes the routing table out of the configuration: reads settings and configs, opens secrets, builds adapters, all
/// of it only for what has changed, and swaps the table in one step.
package final class RoutingBuilder: ConfigApplier {
    private struct State {
        /// Of every channel, also of those that are not in the table.
        var channelIDs: [String: Set<String>] = [:]
        var tenantOf: [String: String] = [:]
        var refusedTenants: [String: ConfigRefusal] = [:]
        var refusedChannels: [String: ConfigRefusal] = [:]
    }

    private let state = Mutex(State())
    private let routing: Routing
    private let keyring: Keyring
    private let registry: AdapterRegistry
    private let logger: Logger

    package init(routing: Routing, keyring: Keyring, registry: AdapterRegistry, logger: Logger) {
        self.routing = routing
        self.keyring = keyring
        self.registry = registry
        self.logger = logger
    }

    package func apply(_ config: borrowing ConfigState, _ changes: ConfigChanges) -> [ConfigRefusal] {
        state.withLock { state in
            let old = routing.current
            let scope = Scope(config, changes, old, state)
            var tenants: [String: TenantRuntime?] = [:]
            for id in scope.tenants { tenants[id] = .some(tenant(id, config, old, &state)) }
            func current(_ id: String) -> TenantRuntime? {
                if let changed = tenants[id] { return changed }
                return old.tenants[id]
            }
            var channels: [String: ChannelRuntime?] = [:]
            for id in scope.channels {
                channels[id] = .some(channel(id, config, old, &state, isWhole: changes.isWhole, current))
            }
            // Channels of a changed tenant that have not changed themselves keep their adapters.
            for tenantID in scope.tenants {
                for id in state.channelIDs[tenantID] ?? [] where !scope.channels.contains(id) {
                    if let known = old.channels[id], let tenant = current(tenantID) {
                        channels[id] = .some(known.under(tenant))
                    } else {
                        channels[id] = .some(
                            channel(id, config, old, &state, isWhole: changes.isWhole, current))
                    }
                }
            }
            routing.swap(to: old.updating(revision: config.revision, tenants: tenants, channels: channels))
            return Array(state.refusedTenants.values) + Array(state.refusedChannels.values)
        }
    }

    /// What must be looked at.
    private struct Scope {
        var tenants: Set<String> = []
        var channels: Set<String> = []

        init(_ config: borrowing ConfigState, _ changes: ConfigChanges, _ old: RoutingTable, _ state: State) {
            if changes.isWhole {
                tenants = Set(config.tenants.keys).union(old.tenants.keys).union(state.refusedTenants.keys)
                channels = Set(config.channels.keys).union(old.channels.keys).union(state.tenantOf.keys)
            }
            for entity in changes.entities {
                switch entity {
                case .tenant(let id): tenants.insert(id)
                case .channel(let id): channels.insert(id)
                case .secret(let key): if let id = key.channelID { channels.insert(id) }
                }
            }
        }
    }

    private func tenant(
        _ id: String, _ config: borrowing ConfigState, _ old: RoutingTable, _ state: inout State
    ) -> TenantRuntime? {
        state.refusedTenants[id] = nil
        guard let tenant = config.tenants[id] else { return nil }
        do throws(JSONFaults) {
            let settings = try JSONReader.read(.object(tenant.settings), TenantSettings.init(reading:))
            return TenantRuntime(tenant: tenant, settings: settings)
        } catch {
            state.refusedTenants[id] = ConfigRefusal(
                entity: .tenant(id), revision: tenant.revision, reason: "settings: \(error)")
            return old.tenants[id]
        }
    }

    private func channel(
        _ id: String, _ config: borrowing ConfigState, _ old: RoutingTable, _ state: inout State, isWhole: Bool,
        _ tenant: (String) -> TenantRuntime?
    ) -> ChannelRuntime? {
        state.refusedChannels[id] = nil
        let lastGood = old.channels[id]
        guard let channel = config.channels[id] else {
            if let tenantID = state.tenantOf.removeValue(forKey: id) {
                state.channelIDs[tenantID]?.remove(id)
                if state.channelIDs[tenantID]?.isEmpty ?? false { state.channelIDs[tenantID] = nil }
            }
            return nil
        }
        state.tenantOf[id] = channel.tenantID
        state.channelIDs[channel.tenantID, default: []].insert(id)
        // A channel without its tenant comes and goes with it.
        guard let tenant = tenant(channel.tenantID) else { return nil }
        let secrets = config.secrets(tenantID: channel.tenantID, channelID: id)
        do throws(Refusal) {
            let channelConfig = try read(channel)
            let opened = try open(secrets, of: channel)
            let built: AdapterRegistry.Built
            do throws(AdapterRegistry.Refusal) {
                built = try registry.build(channel, channelConfig, opened)
            } catch {
                logger.notice("channel is unusable", metadata: ["channel": "\(id)", "reason": "\(error)"])
                return nil
            }
            var generation = max(channel.revision, secrets.values.map(\.revision).max() ?? 0)
            // A secret that went away leaves no revision behind.
            if !isWhole, let lastGood, generation <= lastGood.generation {
                generation = max(config.revision, lastGood.generation)
            }
            return ChannelRuntime(
                channel: channel, config: channelConfig, tenant: tenant, adapter: built.adapter,
                webhook: built.webhook, generation: generation)
        } catch {
            state.refusedChannels[id] = ConfigRefusal(
                entity: error.entity, revision: error.revision, reason: error.reason)
            return lastGood?.under(tenant)
        }
    }

    private struct Refusal: Error {
        var entity: ConfigEntity
        var revision: Int64
        var reason: String
    }

    private func read(_ channel: Channel) throws(Refusal) -> ChannelConfig {
        do throws(JSONFaults) {
            return try JSONReader.read(.object(channel.config)) { ChannelConfig.read(channel.type, $0) }
        } catch {
            throw Refusal(entity: .channel(channel.id), revision: channel.revision, reason: "config: \(error)")
        }
    }

    private func open(_ secrets: [String: StoredSecret], of channel: Channel) throws(Refusal) -> ChannelSecrets {
        var values: [String: ChannelSecrets.Value] = [:]
        for name in StoredSecret.names(for: channel.type) {
            guard let secret = secrets[name] else { continue }
            do throws(SealingError) {
                let current = try keyring.openText(SealedValue(secret.sealed), context: secret.key.sealingContext)
                values[name] = ChannelSecrets.Value(current, previous: previous(of: secret))
            } catch {
                throw Refusal(entity: .secret(secret.key), revision: secret.revision, reason: error.description)
            }
        }
        return ChannelSecrets(values)
    }

    /// A grace period that can no longer be granted is no reason to refuse the new value.
    private func previous(of secret: StoredSecret) -> (value: String, acceptedUntil: Timestamp)? {
        guard let previous = secret.previous else { return nil }
        do throws(SealingError) {
            let value = try keyring.openText(SealedValue(previous.sealed), context: secret.key.sealingContext)
            return (value, previous.acceptedUntil)
        } catch {
            logger.warning(
                "previous secret is lost", metadata: ["secret": "\(secret.key.sealingContext)", "error": "\(error)"])
            return nil
        }
    }
}

extension SealedValue {
    fileprivate init(_ sealed: SealedBytes) {
        self.init(keyID: sealed.keyID, nonce: sealed.nonce, ciphertext: sealed.ciphertext)
    }
}
