/// Cuts the answer to `config.snapshot` into its entities while it arrives, so that a snapshot of any size needs no
/// more memory than its largest entity.
///
/// Finds its way by brackets and strings alone; what it cuts out is for a real parser to judge.
package struct SnapshotScanner: Sendable {
    package enum Piece: Sendable, Hashable {
        /// An element of one of the result's lists.
        case element(list: String, [UInt8])
        /// Another member of the result: `revision`, `unchanged`.
        case member(name: String, [UInt8])
        /// The member `error` of the answer.
        case error([UInt8])
    }

    package enum Malformed: Error, Sendable, Hashable {
        case notJSON
        case truncated
        case tooDeep
        /// One entity is larger than any can be.
        case entityTooLarge
    }

    private enum Capture {
        case element(list: String)
        case member(name: String)
        case error
    }

    private static let depthLimit = 256
    private let pieceLimit: Int

    /// Open containers, outermost first: whether each is an object.
    private var stack: [Bool] = []
    private var expectsKey = false
    private var inString = false
    private var isEscaped = false
    private var isKey = false
    private var inScalar = false
    private var hasRoot = false
    private var key: [UInt8] = []
    /// The member names that lead here, of the answer and of its result.
    private var names = ["", ""]
    private var capture: (what: Capture, depth: Int)?
    private var captured: [UInt8] = []

    package init(pieceLimit: Int = 4 << 20) { self.pieceLimit = pieceLimit }

    /// Takes the next bytes, however the text was divided.
    package mutating func feed(
        _ bytes: UnsafeRawBufferPointer, _ emit: (Piece) -> Void
    ) throws(Malformed) {
        var start = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if inString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                    if isKey { endKey() } else { try endValue(bytes, &start, index + 1, emit) }
                    index += 1
                    continue
                }
                if isKey && key.count <= 64 { key.append(byte) }
                index += 1
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                inString = true
                isKey = expectsKey
                if isKey { key.removeAll(keepingCapacity: true) } else { try beginValue(&start, index) }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                try beginValue(&start, index)
                guard stack.count < Self.depthLimit else { throw .tooDeep }
                stack.append(byte == UInt8(ascii: "{"))
                expectsKey = byte == UInt8(ascii: "{")
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if inScalar { try endValue(bytes, &start, index, emit) }
                guard stack.popLast() == (byte == UInt8(ascii: "}")) else { throw .notJSON }
                expectsKey = false
                try endValue(bytes, &start, index + 1, emit)
            case UInt8(ascii: ","):
                if inScalar { try endValue(bytes, &start, index, emit) }
                guard let isObject = stack.last else { throw .notJSON }
                expectsKey = isObject
            case UInt8(ascii: ":"): expectsKey = false
            case 0x20, 0x09, 0x0A, 0x0D:
                if inScalar { try endValue(bytes, &start, index, emit) }
            default:
                if expectsKey { throw .notJSON }
                if !inScalar {
                    try beginValue(&start, index)
                    inScalar = true
                }
            }
            index += 1
        }
        if capture != nil { try keep(bytes, start, bytes.count) }
    }

    /// The text has ended.
    package func finish() throws(Malformed) {
        guard hasRoot, stack.isEmpty, !inString else { throw .truncated }
    }

    private mutating func endKey() {
        // Names with escapes are none that anybody asks for.
        if stack.count <= 2, capture == nil { names[stack.count - 1] = String(decoding: key, as: UTF8.self) }
    }

    private mutating func beginValue(_ start: inout Int, _ index: Int) throws(Malformed) {
        if expectsKey { throw .notJSON }
        if stack.isEmpty {
            guard !hasRoot else { throw .notJSON }
            hasRoot = true
        }
        guard capture == nil else { return }
        let what: Capture
        switch stack {
        case [true] where names[0] == "error": what = .error
        case [true, true] where names[0] == "result": what = .member(name: names[1])
        case [true, true, false] where names[0] == "result": what = .element(list: names[1])
        default: return
        }
        // A list is looked into, not taken whole.
        if case .member(let name) = what, name != "revision", name != "unchanged" { return }
        capture = (what, stack.count)
        captured.removeAll(keepingCapacity: true)
        start = index
    }

    private mutating func endValue(
        _ bytes: UnsafeRawBufferPointer, _ start: inout Int, _ end: Int, _ emit: (Piece) -> Void
    ) throws(Malformed) {
        inScalar = false
        guard let capture, capture.depth == stack.count else { return }
        try keep(bytes, start, end)
        self.capture = nil
        switch capture.what {
        case .element(let list): emit(.element(list: list, captured))
        case .member(let name): emit(.member(name: name, captured))
        case .error: emit(.error(captured))
        }
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) throws(Malformed) {
        guard captured.count + end - start <= pieceLimit else { throw .entityTooLarge }
        captured.append(contentsOf: bytes[start..<end])
    }
}
