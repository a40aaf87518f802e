package import JSONCoding

extension SealedBytes {
    package var json: JSONValue {
        ["keyId": .string(keyID), "nonce": JSONValue(bytes: nonce), "ciphertext": JSONValue(bytes: ciphertext)]
    }

    /// Reads the three members out of an object that may hold more.
    package init?(members object: JSONObjectReader) {
        let keyID = object.required("keyId") { $0.string(1...64) }
        let nonce = object.required("nonce") { $0.bytes(12...12) }
        let ciphertext = object.required("ciphertext") { $0.bytes(16...131_072) }
        guard let keyID, let nonce, let ciphertext else { return nil }
        self.init(keyID: keyID, nonce: nonce, ciphertext: ciphertext)
    }
}

extension StoredSecret {
    /// `{tenantId, channelId, name, keyId, nonce, ciphertext, fingerprint, revision, updatedAt, previous?}`.
    package var json: JSONValue {
        var object: JSONObject = [
            "tenantId": .string(key.tenantID), "channelId": JSONValue(key.channelID), "name": .string(key.name),
        ]
        for (name, value) in sealed.json.object ?? [:] { object[name] = value }
        object["fingerprint"] = .string(fingerprint)
        object["revision"] = .integer(revision)
        object["updatedAt"] = .string(updatedAt.description)
        if let previous {
            var inner = previous.sealed.json.object ?? [:]
            inner["acceptedUntil"] = .string(previous.acceptedUntil.description)
            object["previous"] = .object(inner)
        }
        return .object(object)
    }

    package init?(reading reader: JSONReader) {
        let read = reader.openObject { object -> StoredSecret? in
            let tenantID = object.required("tenantId") { $0.identifier() }
            let channelID = object.optional("channelId") { $0.identifier() }
            let name = object.required("name") { $0.string(1...64) }
            let sealed = SealedBytes(members: object)
            let fingerprint = object.required("fingerprint") { $0.string(0...128) }
            let revision = object.required("revision") { $0.integer(in: 0 ... .max) }
            let updatedAt = object.required("updatedAt", Timestamp.read)
            let previous = object.optional("previous") { reader in
                reader.openObject { object -> Previous? in
                    let sealed = SealedBytes(members: object)
                    let until = object.required("acceptedUntil", Timestamp.read)
                    guard let sealed, let until else { return nil }
                    return Previous(sealed: sealed, acceptedUntil: until)
                }
            }
            guard let tenantID, let name, let sealed, let fingerprint, let revision, let updatedAt else { return nil }
            return StoredSecret(
                key: SecretKey(tenantID: tenantID, channelID: channelID, name: name), sealed: sealed,
                fingerprint: fingerprint, revision: revision, updatedAt: updatedAt, previous: previous)
        }
        guard let read else { return nil }
        self = read
    }
}

extension ConfigSnapshot {
    /// `{revision, tenants, channels, secrets, functions, webhooks}`.
    package var json: JSONValue {
        [
            "revision": .integer(revision), "tenants": .array(tenants.map(\.json)),
            "channels": .array(channels.map(\.json)), "secrets": .array(secrets.map(\.json)),
            "functions": .array(functions.map(\.json)), "webhooks": .array(webhooks.map(\.json)),
        ]
    }

    package init?(reading reader: JSONReader) {
        let read = reader.openObject { object -> ConfigSnapshot? in
            let revision = object.required("revision") { $0.integer(in: 0 ... .max) }
            let tenants = object.required("tenants") { $0.array(max: 1_000_000, Tenant.init(reading:)) }
            let channels = object.required("channels") { $0.array(max: 1_000_000, Channel.init(reading:)) }
            let secrets = object.required("secrets") { $0.array(max: 4_000_000, StoredSecret.init(reading:)) }
            guard let revision, let tenants, let channels, let secrets else { return nil }
            return ConfigSnapshot(revision: revision, tenants: tenants, channels: channels, secrets: secrets)
        }
        guard let read else { return nil }
        self = read
    }
}
