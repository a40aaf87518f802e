import ControlAPI
import Domain
import JSONCoding
import JSONRPC
import Logging

extension ControlHandlers {
    func addChannels(to registry: inout MethodRegistry<CallContext>) {
        addWrite(ChannelCreate.method, to: &registry) { params, transaction, context in
            try context.requireSight(of: params.tenantID)
            guard try await transaction.tenant(params.tenantID) != nil else { throw RPCError.notFound("tenant") }
            let id = params.id ?? EntityID.make("ch")
            if let existing = try await transaction.channel(id) {
                throw RPCError.conflict(
                    "there is a channel of this id",
                    data: context.caller.sees(tenant: existing.tenantID)
                        ? ["currentRevision": .integer(existing.revision)] : nil)
            }
            let now = clock.now()
            let channel = Channel(
                id: id, tenantID: params.tenantID, type: params.type, name: params.name, config: params.config,
                enabled: params.enabled, revision: 0, createdAt: now, updatedAt: now)
            try await checkAddress(of: channel, transaction)
            warnOfGraphVersion(channel, now: now)
            return try await save(channel, secrets: params.secrets, transaction)
        }

        registry.add(ChannelGet.method) { params, context in
            guard let channel = try await store.channel(params.id), context.caller.sees(tenant: channel.tenantID)
            else { throw RPCError.notFound("channel") }
            return ChannelView(
                channel, secrets: try await store.secrets(tenantID: channel.tenantID, channelID: channel.id))
        }

        registry.add(ChannelList.method) { params, context in
            var tenantID = params.tenantID
            if context.caller.role == .tenant {
                if let tenantID { try context.requireSight(of: tenantID) }
                guard let own = context.caller.tenantID else { return Page(items: [], nextCursor: nil) }
                tenantID = own
            }
            let page = try await store.channels(
                tenantID: tenantID, type: params.type, enabled: params.enabled, params.page)
            let secrets = Dictionary(grouping: try await store.secrets(of: page.items)) { $0.key.channelID }
            return Page(
                items: page.items.map { ChannelView($0, secrets: secrets[$0.id] ?? []) },
                nextCursor: page.nextCursor)
        }

        addWrite(ChannelUpdate.method, to: &registry) { params, transaction, context in
            guard let current = try await transaction.channel(params.id),
                context.caller.sees(tenant: current.tenantID)
            else { throw RPCError.notFound("channel") }
            try params.ifRevision.check(against: current.revision)
            let channel = try updated(current, params)
            if channel.address != current.address || channel.enabled != current.enabled {
                try await checkAddress(of: channel, transaction)
            }
            if channel.config["graphVersion"] != current.config["graphVersion"] {
                warnOfGraphVersion(channel, now: channel.updatedAt)
            }
            return try await save(channel, secrets: params.secrets, transaction)
        }

        addWrite(ChannelDelete.method, to: &registry) { params, transaction, context in
            guard let channel = try await transaction.channel(params.id),
                context.caller.sees(tenant: channel.tenantID)
            else { throw RPCError.notFound("channel") }
            try params.ifRevision.check(against: channel.revision)
            for secret in try await transaction.secrets(tenantID: channel.tenantID, channelID: channel.id) {
                _ = try await transaction.deleteSecret(secret.key)
            }
            return Deleted(id: channel.id, revision: try await transaction.deleteChannel(channel))
        }
    }

    /// The channel with an update's members, every fault of the result at once.
    private func updated(_ current: Channel, _ params: ChannelUpdate.Params) throws -> Channel {
        var channel = current
        var faults: [JSONFault] = []
        channel.name = params.name.applied(to: channel.name)
        channel.enabled = params.enabled ?? channel.enabled
        channel.updatedAt = clock.now()
        if let patch = params.config {
            do throws(JSONFaults) {
                channel.config = try JSONReader.read(
                    .object(channel.config.merging(patch: patch)), at: "/config"
                ) { ChannelConfig.readObject(channel.type, $0) }
            } catch {
                faults += error.faults
            }
        }
        let names = StoredSecret.names(for: channel.type)
        faults += params.secrets.filter { !names.contains($0.name) }.map {
            JSONFault(path: "/secrets/" + JSONReader.escaped($0.name), message: "is not known here")
        }
        guard faults.isEmpty else { throw JSONFaults(faults) }
        return channel
    }

    /// The secrets first, so that a node which sees the channel has them, and the highest revision is the channel's.
    private func save(_ channel: Channel, secrets: [SecretInput], _ transaction: Transaction) async throws
        -> ChannelView
    {
        for input in secrets {
            let key = SecretKey(tenantID: channel.tenantID, channelID: channel.id, name: input.name)
            let sealed = try sealer.seal(
                input.value, as: key, replacing: try await transaction.secret(key), now: channel.updatedAt)
            _ = try await transaction.save(sealed)
        }
        let saved = try await transaction.save(channel)
        return ChannelView(
            saved, secrets: try await transaction.secrets(tenantID: channel.tenantID, channelID: channel.id))
    }

    /// A number or page belongs to one enabled channel of a tenant: webhooks are told apart by it.
    private func checkAddress(of channel: Channel, _ transaction: Transaction) async throws {
        guard channel.enabled, let address = channel.address else { return }
        let other = try await transaction.channels(tenantID: channel.tenantID).first {
            $0.id != channel.id && $0.enabled && $0.address == address
        }
        if let other {
            throw RPCError.conflict(
                "another enabled channel of the tenant has this \(address.member)",
                data: ["channelId": .string(other.id), "path": .string("/config/" + address.member)])
        }
    }

    private func warnOfGraphVersion(_ channel: Channel, now: Timestamp) {
        guard let version = channel.config["graphVersion"]?.string, GraphVersion.hasExpired(version, at: now) else {
            return
        }
        logger.warning(
            "the channel's Graph API version has expired",
            metadata: ["channelId": "\(channel.id)", "graphVersion": "\(version)"])
    }
}

extension Channel {
    struct Address: Hashable {
        var type: ChannelType
        /// The config's member that holds it.
        var member: String
        var value: String
    }

    /// By what the platform names this channel in its webhooks; nil for webchat.
    var address: Address? {
        let member: String
        switch type {
        case .whatsapp: member = "phoneNumberId"
        case .messenger: member = "pageId"
        case .webchat: return nil
        }
        return config[member]?.string.map { Address(type: type, member: member, value: $0) }
    }
}
