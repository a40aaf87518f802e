import DequeModule

/// Keeps account of one channel's deliveries, so that each is settled once and neighbours share an acknowledgement.
///
/// IncomingMessage tags count from 1 on each channel. An acknowledgement of an unknown tag would make the broker close the
/// channel, so nothing leaves here that is not outstanding.
package struct AckLedger {
    package struct Ack: Equatable {
        package let tag: UInt64
        package let multiple: Bool

        package init(tag: UInt64, multiple: Bool) {
            self.tag = tag
            self.multiple = multiple
        }
    }

    private enum Entry { case open, acked, settled }

    /// `entries[i]` belongs to tag `floor + i`.
    private var entries = Deque<Entry>()
    private var floor: UInt64 = 1
    private var unsent: [UInt64] = []

    /// Deliveries that the application has not settled yet.
    package private(set) var outstanding = 0

    package init() {}

    /// Notes a delivery; false where the tag is not the next one, which no honest broker sends.
    package mutating func delivered(_ tag: UInt64) -> Bool {
        guard tag == floor + UInt64(entries.count) else { return false }
        entries.append(.open)
        outstanding += 1
        return true
    }

    /// Notes an acknowledgement, to be sent with the next ``flush(into:)``; false for an unknown or settled tag.
    package mutating func acknowledge(_ tag: UInt64) -> Bool {
        guard take(tag, .acked) else { return false }
        unsent.append(tag)
        return true
    }

    /// Notes a rejection, which the caller sends before the next flush; false for an unknown or settled tag.
    package mutating func refuse(_ tag: UInt64) -> Bool {
        guard take(tag, .settled) else { return false }
        while entries.first == .settled {
            entries.removeFirst()
            floor += 1
        }
        return true
    }

    /// Gives the acknowledgements to send, in order, as few as possible.
    package mutating func flush(into acks: inout [Ack]) {
        guard !unsent.isEmpty else { return }
        var last: UInt64 = 0
        var count = 0
        while let entry = entries.first, entry != .open {
            if entry == .acked {
                last = floor
                count += 1
            }
            entries.removeFirst()
            floor += 1
        }
        if count > 0 { acks.append(Ack(tag: last, multiple: count > 1)) }
        for tag in unsent where tag >= floor {
            entries[Int(tag - floor)] = .settled
            acks.append(Ack(tag: tag, multiple: false))
        }
        unsent.removeAll(keepingCapacity: true)
    }

    private mutating func take(_ tag: UInt64, _ entry: Entry) -> Bool {
        guard tag >= floor, tag - floor < UInt64(entries.count) else { return false }
        let index = Int(tag - floor)
        guard entries[index] == .open else { return false }
        entries[index] = entry
        outstanding -= 1
        return true
    }
}
