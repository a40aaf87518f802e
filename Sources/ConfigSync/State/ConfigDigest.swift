import Domain
import Encodings
import JSONCoding
import Sealing

/// The exclusive or of the SHA-256 digests of all entities: putting an entity in and taking it out are the same
/// operation, and the order does not matter.
struct ConfigDigest: Hashable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    static func == (lhs: ConfigDigest, rhs: ConfigDigest) -> Bool { lhs.words == rhs.words }

    func hash(into hasher: inout Hasher) { hasher.combine(words.0) }

    mutating func toggle(_ tenant: Tenant) {
        var text = CanonicalText("tenant")
        text.add(tenant.id)
        text.add(tenant.name)
        text.add(tenant.enabled)
        text.add(tenant.revision)
        text.add(.object(tenant.settings))
        toggle(text)
    }

    mutating func toggle(_ channel: Channel) {
        var text = CanonicalText("channel")
        text.add(channel.id)
        text.add(channel.tenantID)
        text.add(channel.type.rawValue)
        text.add(channel.name ?? "")
        text.add(channel.enabled)
        text.add(channel.revision)
        text.add(.object(channel.config))
        toggle(text)
    }

    mutating func toggle(_ secret: StoredSecret) {
        var text = CanonicalText("secret")
        text.add(secret.key.tenantID)
        text.add(secret.key.channelID ?? "")
        text.add(secret.key.name)
        text.add(secret.revision)
        text.add(secret.sealed)
        if let previous = secret.previous {
            text.add(previous.sealed)
            text.add(previous.acceptedUntil.milliseconds)
        }
        toggle(text)
    }

    private mutating func toggle(_ text: CanonicalText) {
        let digest = SHA256.digest(text.bytes)
        digest.withUnsafeBytes { bytes in
            func word(_ index: Int) -> UInt64 {
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
            }
            words = (words.0 ^ word(0), words.1 ^ word(1), words.2 ^ word(2), words.3 ^ word(3))
        }
    }

    /// 64 hex digits.
    var text: String {
        var bytes: [UInt8] = []
        for word in [words.0, words.1, words.2, words.3] {
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return Hex.encode(bytes)
    }
}

/// Values written such that equal ones give equal bytes, and different ones different bytes: members in the order of
/// their names (the database does not keep ours), numbers by value, everything with its length.
private struct CanonicalText {
    private(set) var bytes: [UInt8] = []

    init(_ kind: String) {
        bytes.reserveCapacity(512)
        add(kind)
    }

    mutating func add(_ text: String) {
        add(Int64(text.utf8.count))
        bytes += text.utf8
    }

    mutating func add(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    mutating func add(_ number: Int64) {
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    mutating func add(_ sealed: SealedBytes) {
        add(sealed.keyID)
        add(Int64(sealed.nonce.count))
        bytes += sealed.nonce
        add(Int64(sealed.ciphertext.count))
        bytes += sealed.ciphertext
    }

    mutating func add(_ value: JSONValue) {
        switch value {
        case .null: bytes.append(0)
        case .bool(let flag):
            bytes.append(1)
            add(flag)
        case .integer, .number:
            if let integer = value.integer {
                bytes.append(2)
                add(integer)
            } else {
                bytes.append(3)
                add(Int64(bitPattern: (value.number ?? 0).bitPattern))
            }
        case .string(let text):
            bytes.append(4)
            add(text)
        case .array(let elements):
            bytes.append(5)
            add(Int64(elements.count))
            for element in elements { add(element) }
        case .object(let object):
            bytes.append(6)
            add(Int64(object.count))
            for (key, value) in object.members.sorted(by: { $0.key < $1.key }) {
                add(key)
                add(value)
            }
        }
    }
}
