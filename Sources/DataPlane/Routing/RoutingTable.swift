package import Channels
package import Domain
import Synchronization

/// Everything a node knows of the configuration, ready to use. Immutable: a change makes a new table, and one atomic
/// swap puts it in place, so that work under way ends on the old one and new work starts on the new one.
package final class RoutingTable: Sendable {
    package let revision: Int64
    package let tenants: [String: TenantRuntime]
    package let channels: [String: ChannelRuntime]
    private let byTenant: [String: [ChannelRuntime]]

    package static let empty = RoutingTable(revision: 0, tenants: [:], channels: [:])

    package init(revision: Int64, tenants: [String: TenantRuntime], channels: [String: ChannelRuntime]) {
        self.revision = revision
        self.tenants = tenants
        self.channels = channels
        byTenant = Dictionary(grouping: channels.values.sorted { $0.channel.id < $1.channel.id }) {
            $0.channel.tenantID
        }
    }

    package func tenant(_ id: String) -> TenantRuntime? { tenants[id] }

    package func channel(_ id: String) -> ChannelRuntime? { channels[id] }

    /// The usable channels of one type: channel and tenant enabled, the type among the tenant's `enabledChannels`.
    package func usable(_ type: ChannelType, tenantID: String) -> [ChannelRuntime] {
        byTenant[tenantID, default: []].filter { $0.channel.type == type && $0.isUsable }
    }

    /// Into how many queues a tenant's channel type is split: the most any of its channels asks for.
    package func partitions(_ type: ChannelType, tenantID: String) -> Int {
        byTenant[tenantID, default: []].lazy.filter { $0.channel.type == type }.map(\.config.partitions).max() ?? 1
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
}

/// The one place where the current table is found.
package final class Routing: Sendable {
    private let table: Mutex<RoutingTable>

    package init(_ table: RoutingTable = .empty) { self.table = Mutex(table) }

    package var current: RoutingTable { table.withLock { $0 } }

    package func swap(to next: RoutingTable) { table.withLock { $0 = next } }
}
