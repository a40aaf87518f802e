import JSONCoding

/// Makes message ids that look like WhatsApp's: `wamid.` and base64 of the customer's number and a unique id.
struct WamidMint: Sendable {
    enum Direction: UInt8, Sendable {
        case outbound = 0x11
        case inbound = 0x12
    }

    private let run: UInt32
    private var counter: UInt32 = 0
    private let prefix: [UInt8]

    /// - Parameter run: tells this simulator's ids from those of its earlier runs.
    init(run: UInt32) {
        self.run = run
        prefix = Array("3EB0".utf8)
    }

    mutating func next(_ direction: Direction, customer: String) -> String {
        counter &+= 1
        let customer = Array(customer.utf8.prefix(127))
        var bytes: [UInt8] = [0x1C, 0x18, UInt8(customer.count)]
        bytes += customer
        bytes += [0x15, 0x02, 0x00, direction.rawValue, 0x18, 20]
        bytes += prefix
        Self.appendHex(run, to: &bytes)
        Self.appendHex(counter, to: &bytes)
        bytes.append(0)
        return "wamid." + (JSONValue(bytes: bytes).string ?? "")
    }

    private static func appendHex(_ value: UInt32, to bytes: inout [UInt8]) {
        let digits = Array("0123456789ABCDEF".utf8)
        for shift in stride(from: 28, through: 0, by: -4) { bytes.append(digits[Int(value >> UInt32(shift) & 15)]) }
    }
}
