import Encodings

/// The master keys: the first seals, all open. Overwritten in memory when it goes.
package final class Keyring: Sendable {
    package static let keyByteCount = 32

    /// Ids in the order in which the keys were given.
    package let keyIDs: [String]
    private let keys: [String: SecretBytes]
    private let primary: SecretBytes
    private let fingerprinting: HMACKey

    /// The id of the key that seals.
    package var primaryKeyID: String { keyIDs[0] }

    /// Reads `kid:base64(32 bytes)[,kid:base64…]`, the form of `METACHAT_MASTER_KEYS`.
    ///
    /// - Throws: ``KeyringError``, which names the entry by its number and shows nothing of it.
    package init(parsing text: String) throws(KeyringError) {
        guard !text.isEmpty else { throw .empty }
        var ids: [String] = []
        var keys: [SecretBytes] = []
        for (index, entry) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            let number = index + 1
            guard let colon = entry.firstIndex(of: ":") else { throw .noColon(entry: number) }
            let id = String(entry[..<colon])
            guard Self.isKeyID(id) else { throw .badKeyID(entry: number) }
            if let first = ids.firstIndex(of: id) { throw .duplicate(entry: number, first: first + 1) }
            guard var bytes = Base64.decode(String(entry[entry.index(after: colon)...])) else {
                throw .notBase64(entry: number)
            }
            defer { cleanse(&bytes) }
            guard bytes.count == Self.keyByteCount else { throw .wrongLength(entry: number, bytes: bytes.count) }
            ids.append(id)
            keys.append(SecretBytes(bytes))
        }
        keyIDs = ids
        primary = keys[0]
        self.keys = Dictionary(uniqueKeysWithValues: zip(ids, keys))
        var derived = primary.withBytes { bytes, count in
            HMACKey(UnsafeBufferPointer(start: bytes, count: count)).tag(of: "metachat: fingerprints of secrets, 1")
        }
        fingerprinting = HMACKey(derived)
        cleanse(&derived)
    }

    /// Seals a value under the first key.
    ///
    /// - Parameter context: the entity's identity, `tenantId/channelId/name`; the value opens under no other.
    package func seal(_ plaintext: [UInt8], context: String) throws(SealingError) -> SealedValue {
        let nonce = try SecureRandom.bytes(SealedValue.nonceByteCount)
        let ciphertext = try AESGCM.seal(plaintext, key: primary, nonce: nonce, context: Array(context.utf8))
        return SealedValue(keyID: primaryKeyID, nonce: nonce, ciphertext: ciphertext)
    }

    package func seal(_ plaintext: String, context: String) throws(SealingError) -> SealedValue {
        try seal(Array(plaintext.utf8), context: context)
    }

    /// Opens a value that any of the keys sealed.
    ///
    /// - Throws: ``SealingError/unknownKey(id:)``, ``SealingError/authenticationFailed``, ``SealingError/malformed``.
    package func open(_ sealed: SealedValue, context: String) throws(SealingError) -> [UInt8] {
        guard let key = keys[sealed.keyID] else { throw .unknownKey(id: sealed.keyID) }
        return try AESGCM.open(sealed.ciphertext, key: key, nonce: sealed.nonce, context: Array(context.utf8))
    }

    /// Opens a value that was sealed as text.
    package func openText(_ sealed: SealedValue, context: String) throws(SealingError) -> String {
        guard let text = String(validating: try open(sealed, context: context), as: UTF8.self) else {
            throw .malformed
        }
        return text
    }

    /// 16 hex digits by which people tell secrets apart. Without the master key they are no help in guessing it.
    package func fingerprint(of secret: String) -> String { Hex.encode(fingerprinting.tag(of: secret).prefix(8)) }

    /// A new entry for `METACHAT_MASTER_KEYS`.
    ///
    /// - Parameter keyID: `[A-Za-z0-9_-]{1,32}`, generated if absent.
    /// - Throws: ``KeyringError/badKeyID(entry:)``, ``KeyringError/noRandomness``.
    package static func generateKeyEntry(keyID: String? = nil) throws(KeyringError) -> String {
        do {
            let id = try keyID ?? "k" + Hex.encode(SecureRandom.bytes(4))
            guard isKeyID(id) else { throw KeyringError.badKeyID(entry: 1) }
            return id + ":" + Base64.encode(try SecureRandom.bytes(keyByteCount))
        } catch let error as KeyringError {
            throw error
        } catch {
            throw .noRandomness
        }
    }

    /// Whether a text may name a key: 1 to 32 of A-Z, a-z, 0-9, _ and -.
    package static func isKeyID(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }
}

/// What is wrong with the master keys. Names entries by number, from 1, for an entry may be a key in the wrong place.
package enum KeyringError: Error, Sendable, Hashable, CustomStringConvertible {
    case empty
    case noColon(entry: Int)
    case badKeyID(entry: Int)
    case notBase64(entry: Int)
    case wrongLength(entry: Int, bytes: Int)
    case duplicate(entry: Int, first: Int)
    case noRandomness

    package var description: String {
        switch self {
        case .empty: "no master key is given"
        case .noColon(let entry): "entry \(entry) is not of the form kid:base64"
        case .badKeyID(let entry): "entry \(entry): the key id must consist of 1 to 32 of A-Z, a-z, 0-9, _ and -"
        case .notBase64(let entry): "entry \(entry): the key is not Base64"
        case .wrongLength(let entry, let bytes): "entry \(entry): the key has \(bytes) bytes instead of 32"
        case .duplicate(let entry, let first): "entry \(entry) has the same key id as entry \(first)"
        case .noRandomness: "the system gave no randomness"
        }
    }
}
