/// Puts one channel's content back together: method, then header, then body frames until the announced size is there.
package struct ContentAssembler<Envelope> {
    package enum Result {
        case partial
        case complete(Envelope, body: [UInt8])
        /// The body is larger than the limit; it was read and dropped.
        case oversized(Envelope, size: UInt64)
    }

    /// The peer sent frames in an order that the protocol does not allow.
    package struct Disorder: Error {}

    private enum State {
        case idle
        case header(Envelope)
        case body(Envelope, [UInt8], remaining: UInt64)
        case skipping(Envelope, size: UInt64, remaining: UInt64)
    }

    private var state = State.idle
    private let limit: Int

    /// - Parameter limit: the largest body in bytes.
    package init(limit: Int) {
        self.limit = limit
    }

    /// A content-bearing method has arrived.
    package mutating func begin(_ envelope: Envelope) throws(Disorder) {
        guard case .idle = state else { throw Disorder() }
        state = .header(envelope)
    }

    /// The header has arrived; `complete` puts its properties into the envelope.
    package mutating func header(
        size: UInt64, complete: (inout Envelope) -> Void
    ) throws(Disorder) -> Result {
        guard case .header(var envelope) = state else { throw Disorder() }
        complete(&envelope)
        guard size > 0 else {
            state = .idle
            return .complete(envelope, body: [])
        }
        state =
            size > UInt64(limit)
            ? .skipping(envelope, size: size, remaining: size) : .body(envelope, [], remaining: size)
        return .partial
    }

    package mutating func body(_ fragment: UnsafeRawBufferPointer) throws(Disorder) -> Result {
        let count = UInt64(fragment.count)
        switch state {
        case .idle, .header:
            throw Disorder()
        case .body(let envelope, var bytes, let remaining):
            guard count <= remaining else { throw Disorder() }
            state = .idle
            if bytes.isEmpty, count == remaining {
                return .complete(envelope, body: [UInt8](fragment))
            }
            if bytes.isEmpty { bytes.reserveCapacity(Int(remaining)) }
            bytes.append(contentsOf: fragment)
            if count == remaining { return .complete(envelope, body: bytes) }
            state = .body(envelope, bytes, remaining: remaining - count)
            return .partial
        case .skipping(let envelope, let size, let remaining):
            guard count <= remaining else { throw Disorder() }
            if count == remaining {
                state = .idle
                return .oversized(envelope, size: size)
            }
            state = .skipping(envelope, size: size, remaining: remaining - count)
            return .partial
        }
    }
}
