import Domain
import JSONCoding
package import Sealing

/// The last applied configuration in a file, sealed under the master keys, so that a node can start while the control
/// plane is away.
///
/// A JSON text `{"format": 1, "revision", "keyId", "nonce", "ciphertext"}`; the plaintext is what `config.snapshot`
/// answers, in which the secrets are sealed once more.
package struct ConfigCache: Sendable {
    package enum Damage: Error, Sendable, Hashable, CustomStringConvertible {
        case file(FileError)
        case notACache
        case sealing(SealingError)
        case content(String)

        package var description: String {
            switch self {
            case .file(let error): error.description
            case .notACache: "is no config cache"
            case .sealing(let error): error.description
            case .content(let why): why
            }
        }
    }

    package let path: String
    private let keyring: Keyring

    private static let context = "metachat config cache"
    private static let byteLimit = 1 << 30

    package init(path: String, keyring: Keyring) {
        self.path = path
        self.keyring = keyring
    }

    /// Reads the file; nil where there is none. Blocks.
    ///
    /// - Throws: ``Damage``; the file is best ignored then.
    package func load() throws(Damage) -> ConfigSyncMachine.Snapshot? {
        let bytes: [UInt8]
        do throws(FileError) {
            guard let contents = try SmallFile.read(path, limit: Self.byteLimit) else { return nil }
            bytes = contents
        } catch {
            throw .file(error)
        }
        let sealed = try Self.envelope(bytes)
        let plaintext: [UInt8]
        do throws(SealingError) {
            plaintext = try keyring.open(sealed, context: Self.context)
        } catch {
            throw .sealing(error)
        }
        do throws(SnapshotReading.Failure) {
            return try Self.snapshot(plaintext)
        } catch {
            throw .content("\(error)")
        }
    }

    private static func snapshot(
        _ plaintext: [UInt8]
    ) throws(SnapshotReading.Failure) -> ConfigSyncMachine.Snapshot {
        var reading = SnapshotReading()
        // In pieces, so that what is cut out of it need not be there twice.
        for start in stride(from: 0, to: plaintext.count, by: 1 << 20) {
            let end = min(start + 1 << 20, plaintext.count)
            try reading.feed(Array(plaintext[start..<end]))
        }
        guard case .snapshot(let snapshot) = try reading.finish() else { throw .malformed("no snapshot") }
        return snapshot
    }

    /// Writes the file in one step, readable by its owner alone. Blocks.
    ///
    /// - Throws: ``Damage``.
    package func save(_ state: ConfigState) throws(Damage) {
        let plaintext = Self.plaintext(state)
        let sealed: SealedValue
        do throws(SealingError) {
            sealed = try keyring.seal(plaintext, context: Self.context)
        } catch {
            throw .sealing(error)
        }
        let envelope: JSONValue = [
            "format": 1, "revision": .integer(state.revision), "keyId": .string(sealed.keyID),
            "nonce": .string(sealed.nonceBase64), "ciphertext": .string(sealed.ciphertextBase64),
        ]
        do throws(FileError) {
            try SmallFile.replace(path, with: envelope.serialized())
        } catch {
            throw .file(error)
        }
    }

    private static func envelope(_ bytes: [UInt8]) throws(Damage) -> SealedValue {
        let value: JSONValue
        do throws(JSONParseError) {
            value = try JSONValue.parse(bytes, limits: JSONLimits(maxBytes: byteLimit, maxDepth: 4))
        } catch {
            throw .notACache
        }
        guard value["format"] == 1, let keyID = value["keyId"]?.string, let nonce = value["nonce"]?.string,
            let ciphertext = value["ciphertext"]?.string
        else { throw .notACache }
        do throws(SealingError) {
            return try SealedValue(keyID: keyID, nonceBase64: nonce, ciphertextBase64: ciphertext)
        } catch {
            throw .sealing(error)
        }
    }

    /// Entity by entity: a tree of all of it would take ten times the memory.
    private static func plaintext(_ state: ConfigState) -> [UInt8] {
        var text = Array(#"{"result":{"revision":\#(state.revision),"tenants":["#.utf8)
        func add(_ value: JSONValue) {
            text += value.serialized()
            text.append(UInt8(ascii: ","))
        }
        func close() { if text.last == UInt8(ascii: ",") { text.removeLast() } }
        for tenant in state.tenants.values { add(tenant.json) }
        close()
        text += #"],"channels":["#.utf8
        for channel in state.channels.values { add(channel.json) }
        close()
        text += #"],"secrets":["#.utf8
        state.forEachSecret { add($0.json) }
        close()
        text += "]}}".utf8
        return text
    }
}
