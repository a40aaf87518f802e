/// The broker queue of one tenant, channel type and direction; one of several where the channel is partitioned.
///
/// Names: `{tenantId}:{channel}:{inbound|outbound}`, from partition 1 on with `.{n}`; what failed for good goes to
/// `{tenantId}:{channel}:{direction}:dead`.
package struct QueueName: Sendable, Hashable {
    package var tenantID: String
    package var channel: ChannelType
    package var direction: Direction
    package var partition: Int

    package init(tenantID: String, channel: ChannelType, direction: Direction, partition: Int = 0) {
        self.tenantID = tenantID
        self.channel = channel
        self.direction = direction
        self.partition = partition
    }

    /// The queue for a conversation: partitions are chosen by a hash that never changes.
    package init(
        tenantID: String, channel: ChannelType, direction: Direction, conversationID: String, partitions: Int
    ) {
        self.init(
            tenantID: tenantID, channel: channel, direction: direction,
            partition: partitions > 1 ? Int(StableHash.fnv1a(conversationID) % UInt64(partitions)) : 0)
    }

    package var name: String {
        "\(tenantID):\(channel.rawValue):\(direction.rawValue)" + (partition > 0 ? ".\(partition)" : "")
    }

    /// Where its poison goes; shared by all partitions.
    package var dead: String { "\(tenantID):\(channel.rawValue):\(direction.rawValue):dead" }

    /// Reads a name as ``name`` writes it.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, let channel = ChannelType(rawValue: String(parts[1])) else {
            return nil
        }
        let tail = parts[2].split(separator: ".", omittingEmptySubsequences: false)
        guard let direction = Direction(rawValue: String(tail[0])), tail.count <= 2 else { return nil }
        var partition = 0
        if tail.count == 2 {
            guard let number = Int(tail[1]), (1..<64).contains(number), String(number) == tail[1] else { return nil }
            partition = number
        }
        self.init(tenantID: String(parts[0]), channel: channel, direction: direction, partition: partition)
    }
}

/// Hashes that are the same in every process and version, unlike Swift's own.
package enum StableHash {
    /// 64-bit FNV-1a over the UTF-8 bytes, with the finalizer of MurmurHash3 so that low bits are usable.
    package static func fnv1a(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ (hash >> 33)
    }

    /// Rendezvous (highest random weight) hashing: the owner of a key among nodes; nil without nodes.
    package static func owner(of key: String, among nodes: some Sequence<String>) -> String? {
        nodes.max { lhs, rhs in
            let (left, right) = (fnv1a(key + "\u{1F}" + lhs), fnv1a(key + "\u{1F}" + rhs))
            return left != right ? left < right : lhs < rhs
        }
    }
}
