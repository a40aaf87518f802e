package import Domain
package import JSONCoding
import JSONRPC

/// What may be told of a secret.
package struct SecretSummary: Sendable, Hashable {
    package var channelID: String?
    package var name: String
    package var fingerprint: String
    package var keyID: String
    package var updatedAt: Timestamp
    package var revision: Int64
    /// Until then the value before is accepted for verification.
    package var previousAcceptedUntil: Timestamp?

    package init(_ secret: StoredSecret) {
        channelID = secret.key.channelID
        name = secret.key.name
        fingerprint = secret.fingerprint
        keyID = secret.sealed.keyID
        updatedAt = secret.updatedAt
        revision = secret.revision
        previousAcceptedUntil = secret.previous?.acceptedUntil
    }

    /// `{fingerprint, keyId, updatedAt}`, as a channel shows its secrets.
    package var short: JSONValue {
        [
            "fingerprint": .string(fingerprint), "keyId": .string(keyID),
            "updatedAt": .string(updatedAt.description),
        ]
    }

    package var json: JSONValue {
        var object: JSONObject = ["name": .string(name)]
        object.append("channelId", channelID.map(JSONValue.string))
        object.append("fingerprint", .string(fingerprint))
        object.append("keyId", .string(keyID))
        object.append("updatedAt", .string(updatedAt.description))
        object.append("revision", .integer(revision))
        object.append("previousAcceptedUntil", previousAcceptedUntil.map { .string($0.description) })
        return .object(object)
    }
}

/// A secret's value on its way in. Not printable.
package struct SecretInput: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let name: String
    package let value: String

    /// Unicode scalars.
    static let maxLength = 16_384

    package var description: String { "secret \(name)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["name": name]) }

    /// Reads `{name: value}`.
    ///
    /// - Parameter names: those that are known here; nil when that shows only later.
    static func read(_ reader: JSONReader, names: [String]?) -> [SecretInput]? {
        reader.object { object -> [SecretInput]? in
            var result: [SecretInput] = []
            for name in (reader.value.object?.keys ?? []).prefix(50) where names?.contains(name) ?? true {
                if let value = object.required(name, { $0.string(1...maxLength) }) {
                    result.append(SecretInput(name: name, value: value))
                }
            }
            return result
        }
    }
}

/// A channel as the API shows it.
package struct ChannelView: Sendable, Hashable {
    package var channel: Channel
    package var secrets: [SecretSummary]

    package init(_ channel: Channel, secrets: [StoredSecret]) {
        self.channel = channel
        self.secrets = secrets.map(SecretSummary.init).sorted { $0.name < $1.name }
    }

    package var json: JSONValue {
        var object = channel.json.object ?? [:]
        object["secrets"] = .object(JSONObject(members: secrets.map { ($0.name, $0.short) }))
        return .object(object)
    }
}
