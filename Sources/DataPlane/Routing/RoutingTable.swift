package import Channels
package import Domain
import Synchronization

/// Everything a node knows of the configuration, ready to use. Immutable: a change makes a new table, and one atomic
/// swap puts it in place, so that work under way ends on the old one and new work starts on the new one.
package final class RoutingTable: Sendable {
    package let revision: Int64
    package let tenants: [String: TenantRuntime]
    package let channels: [String: ChannelRuntime]
    private let byTenant: [String: TenantChannels]

    package static let empty = RoutingTable(revision: 0, tenants: [:], channels: [:])

    package init(revision: Int64, tenants: [String: TenantRuntime], channels: [String: ChannelRuntime]) {
        self.revision = revision
        self.tenants = tenants
        self.channels = channels
        byTenant = Dictionary(grouping: channels.values, by: \.channel.tenantID).mapValues(TenantChannels.init)
    }

    private init(
        revision: Int64, tenants: [String: TenantRuntime], channels: [String: ChannelRuntime],
        byTenant: [String: TenantChannels]
    ) {
        self.revision = revision
        self.tenants = tenants
        self.channels = channels
        self.byTenant = byTenant
    }

    /// The table with these tenants and channels put in, or with nil taken out. Costs what the change costs, and a
    /// copy of the dictionaries.
    package func updating(
        revision: Int64, tenants changedTenants: [String: TenantRuntime?], channels changed: [String: ChannelRuntime?]
    ) -> RoutingTable {
        var tenants = self.tenants
        for (id, tenant) in changedTenants { tenants[id] = tenant }
        var channels = self.channels
        var affected: [String: (gone: Set<String>, new: [ChannelRuntime])] = [:]
        for (id, channel) in changed {
            if let old = channels[id] { affected[old.channel.tenantID, default: ([], [])].gone.insert(id) }
            if let channel { affected[channel.channel.tenantID, default: ([], [])].new.append(channel) }
            channels[id] = channel
        }
        var byTenant = self.byTenant
        for (id, (gone, new)) in affected {
            let kept = byTenant[id]?.all.filter { !gone.contains($0.channel.id) } ?? []
            byTenant[id] = kept.isEmpty && new.isEmpty ? nil : TenantChannels(kept + new)
        }
        return RoutingTable(revision: revision, tenants: tenants, channels: channels, byTenant: byTenant)
    }

    package func tenant(_ id: String) -> TenantRuntime? { tenants[id] }

    package func channel(_ id: String) -> ChannelRuntime? { channels[id] }

    /// The usable channels of one type, by id: channel and tenant enabled, the type among the tenant's
    /// `enabledChannels`.
    package func usable(_ type: ChannelType, tenantID: String) -> [ChannelRuntime] {
        byTenant[tenantID]?.usable[type] ?? []
    }

    /// Whether the tenant has a channel of this type that could be built, usable or not.
    package func hasChannel(_ type: ChannelType, tenantID: String) -> Bool {
        byTenant[tenantID]?.partitions[type] != nil
    }

    /// Into how many queues a tenant's channel type is split: the most any of its channels asks for.
    package func partitions(_ type: ChannelType, tenantID: String) -> Int {
        byTenant[tenantID]?.partitions[type] ?? 1
    }
}

/// The channels of one tenant, looked through once for what every webhook asks.
private struct TenantChannels {
    let all: [ChannelRuntime]
    let usable: [ChannelType: [ChannelRuntime]]
    let partitions: [ChannelType: Int]

    init(_ channels: [ChannelRuntime]) {
        all = channels
        var usable: [ChannelType: [ChannelRuntime]] = [:]
        var partitions: [ChannelType: Int] = [:]
        for channel in channels {
            let type = channel.channel.type
            if channel.isUsable { usable[type, default: []].append(channel) }
            partitions[type] = max(partitions[type] ?? 1, channel.config.partitions)
        }
        self.usable = usable.mapValues { $0.sorted { $0.channel.id < $1.channel.id } }
        self.partitions = partitions
    }
}

/// A tenant with its settings read.
package final class TenantRuntime: Sendable {
    package let tenant: Tenant
    package let settings: TenantSettings

    package init(tenant: Tenant, settings: TenantSettings) {
        self.tenant = tenant
        self.settings = settings
    }
}

/// A channel with its config read, its secrets opened and its adapter made.
package final class ChannelRuntime: Sendable {
    package let channel: Channel
    package let config: ChannelConfig
    package let tenant: TenantRuntime
    package let adapter: any ChannelAdapter
    package let webhook: (any WebhookVerifier)?
    /// Rises with every change of the channel or of one of its secrets: a paused channel may try again.
    package let generation: Int64

    package init(
        channel: Channel, config: ChannelConfig, tenant: TenantRuntime, adapter: any ChannelAdapter,
        webhook: (any WebhookVerifier)?, generation: Int64
    ) {
        self.channel = channel
        self.config = config
        self.tenant = tenant
        self.adapter = adapter
        self.webhook = webhook
        self.generation = generation
    }

    package var isUsable: Bool {
        channel.enabled && tenant.tenant.enabled
            && (tenant.settings.enabledChannels?.contains(channel.type) ?? true)
    }

    /// The same channel, adapter and all, under its tenant's new settings.
    func under(_ tenant: TenantRuntime) -> ChannelRuntime {
        ChannelRuntime(
            channel: channel, config: config, tenant: tenant, adapter: adapter, webhook: webhook,
            generation: generation)
    }
}

/// The one place where the current table is found.
package final class Routing: Sendable {
    private let table: Mutex<RoutingTable>

    package init(_ table: RoutingTable = .empty) { self.table = Mutex(table) }

    package var current: RoutingTable { table.withLock { $0 } }

    package func swap(to next: RoutingTable) {
        // The old table is freed outside of the lock.
        let old = table.withLock { table in
            defer { table = next }
            return table
        }
        withExtendedLifetime(old) {}
    }
}
