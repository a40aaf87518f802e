import Encodings
import Glibc
import Synchronization

/// Secret values that a test plants, each by a name, and the search for them wherever they must not be.
final class Planted: Sendable {
    private let values = Mutex<[(name: String, value: String)]>([])

    var count: Int { values.withLock { Set($0.map(\.value)).count } }

    /// A new value.
    func make(_ name: String, prefix: String = "") -> String {
        let value = prefix + Shop.random() + Shop.random()
        note(name, value)
        return value
    }

    /// One that somebody else made up.
    func note(_ name: String, _ value: String) {
        precondition(value.utf8.count >= 12, "\(name) is too short to be looked for")
        values.withLock { $0.append((name, value)) }
    }

    /// The names of those that stand in a text, in any form in which they could be written down.
    func found(in text: String) -> [String] {
        let bytes = Array(text.utf8)
        return values.withLock { $0 }.filter { entry in
            Self.forms(of: entry.value).contains { Self.holds(bytes, Array($0.utf8)) }
        }.map(\.name)
    }

    private static func holds(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        text.withUnsafeBytes { text in
            part.withUnsafeBytes { part in
                guard var place = text.baseAddress, let wanted = part.baseAddress else { return false }
                let end = place + text.count - part.count
                while place <= end, let hit = memchr(place, Int32(part[0]), end - place + 1) {
                    if memcmp(hit, wanted, part.count) == 0 { return true }
                    place = UnsafeRawPointer(hit) + 1
                }
                return false
            }
        }
    }

    private static func forms(of secret: String) -> [String] {
        let bytes = Array(secret.utf8)
        let hex = Hex.encode(bytes)
        // Base 64 of it inside something longer depends on where it starts.
        let base64 = (0..<3).map { shift in
            String(Base64.encode([UInt8](repeating: 0x20, count: shift) + bytes).dropFirst(4).dropLast(4))
        }
        return [secret, String(secret.reversed()), hex, hex.uppercased()] + base64
    }
}
