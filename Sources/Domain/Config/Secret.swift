/// Which secret: its identity is also the associated data under which its value is sealed.
package struct SecretKey: Sendable, Hashable {
    package var tenantID: String
    /// nil for a tenant's own secret, such as `llm.apiKey`.
    package var channelID: String?
    package var name: String

    package init(tenantID: String, channelID: String?, name: String) {
        self.tenantID = tenantID
        self.channelID = channelID
        self.name = name
    }

    /// Associated data of the sealed value: `tenantId/channelId/name`.
    package var sealingContext: String { "\(tenantID)/\(channelID ?? "")/\(name)" }

    /// The id of its config events: `channelId/name`.
    package var eventID: String { "\(channelID ?? "")/\(name)" }

    package init?(tenantID: String, eventID: String) {
        guard let slash = eventID.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        let channel = eventID[..<slash]
        self.init(
            tenantID: tenantID, channelID: channel.isEmpty ? nil : String(channel),
            name: String(eventID[eventID.index(after: slash)...]))
    }
}

/// AES-256-GCM: the key's id, the 12-byte nonce, the ciphertext with the tag at its end.
package struct SealedBytes: Sendable, Hashable {
    package var keyID: String
    package var nonce: [UInt8]
    package var ciphertext: [UInt8]

    package init(keyID: String, nonce: [UInt8], ciphertext: [UInt8]) {
        self.keyID = keyID
        self.nonce = nonce
        self.ciphertext = ciphertext
    }
}

/// A stored secret. Nothing in here tells its value without the master key.
package struct StoredSecret: Sendable, Hashable {
    package var key: SecretKey
    package var sealed: SealedBytes
    /// Tells two values apart without telling either.
    package var fingerprint: String
    package var revision: Int64
    package var updatedAt: Timestamp
    /// The value before, still accepted for verification until then.
    package var previous: Previous?

    package struct Previous: Sendable, Hashable {
        package var sealed: SealedBytes
        package var acceptedUntil: Timestamp

        package init(sealed: SealedBytes, acceptedUntil: Timestamp) {
            self.sealed = sealed
            self.acceptedUntil = acceptedUntil
        }
    }

    package init(
        key: SecretKey, sealed: SealedBytes, fingerprint: String, revision: Int64, updatedAt: Timestamp,
        previous: Previous? = nil
    ) {
        self.key = key
        self.sealed = sealed
        self.fingerprint = fingerprint
        self.revision = revision
        self.updatedAt = updatedAt
        self.previous = previous
    }
}

extension StoredSecret {
    /// The secrets that each kind of channel knows, and those of a tenant.
    package static func names(for type: ChannelType?) -> [String] {
        switch type {
        case .whatsapp: ["accessToken", "appSecret", "webhookVerifyToken"]
        case .messenger: ["pageAccessToken", "appSecret", "verifyToken"]
        case .webchat: ["token", "identitySecret"]
        case nil: ["llm.apiKey"]
        }
    }

    /// Those that verify what comes in, and so may have a grace period.
    package static func verifies(_ name: String) -> Bool {
        ["appSecret", "webhookVerifyToken", "verifyToken", "token", "identitySecret"].contains(name)
    }
}
