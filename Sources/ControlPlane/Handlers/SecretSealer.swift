import ControlAPI
import Domain
import Sealing

/// Turns secrets' values into what may be stored.
struct SecretSealer: Sendable {
    let keyring: Keyring

    /// The secret with a new value, sealed under its own identity.
    ///
    /// - Parameters:
    ///   - current: what is stored under the key now.
    ///   - graceSeconds: how long the value before is still accepted, for secrets that verify.
    func seal(
        _ text: String, as key: SecretKey, replacing current: StoredSecret?, graceSeconds: Int64 = 0, now: Timestamp
    ) throws -> StoredSecret {
        let value = try keyring.seal(text, context: key.sealingContext)
        let fingerprint = keyring.fingerprint(of: text)
        var previous: StoredSecret.Previous?
        if let current, StoredSecret.verifies(key.name) {
            if current.fingerprint == fingerprint {
                // Set to what it is: the value before it, if any, keeps its time.
                previous = current.previous.flatMap { $0.acceptedUntil > now ? $0 : nil }
            } else if graceSeconds > 0 {
                previous = StoredSecret.Previous(
                    sealed: current.sealed, acceptedUntil: now.adding(milliseconds: graceSeconds * 1000))
            }
        }
        return StoredSecret(
            key: key,
            sealed: SealedBytes(keyID: value.keyID, nonce: value.nonce, ciphertext: value.ciphertext),
            fingerprint: fingerprint, revision: 0, updatedAt: now, previous: previous)
    }

    /// The value, as text.
    func open(_ secret: StoredSecret) throws(SealingError) -> String {
        try keyring.openText(
            SealedValue(
                keyID: secret.sealed.keyID, nonce: secret.sealed.nonce, ciphertext: secret.sealed.ciphertext),
            context: secret.key.sealingContext)
    }

    /// Whether all of it is sealed under the first key.
    func isCurrent(_ secret: StoredSecret) -> Bool {
        [secret.sealed.keyID, secret.previous?.sealed.keyID ?? keyring.primaryKeyID]
            .allSatisfy { $0 == keyring.primaryKeyID }
    }

    /// The same secret sealed under the first key; a value before that nobody accepts any more is left out.
    ///
    /// - Throws: `SealingError` where a key is missing or the stored bytes are not what was sealed.
    func rewrap(_ secret: StoredSecret, now: Timestamp) throws(SealingError) -> StoredSecret {
        let context = secret.key.sealingContext
        func again(_ sealed: SealedBytes) throws(SealingError) -> (bytes: SealedBytes, fingerprint: String) {
            let value = try keyring.openText(
                SealedValue(keyID: sealed.keyID, nonce: sealed.nonce, ciphertext: sealed.ciphertext), context: context)
            let new = try keyring.seal(value, context: context)
            return (
                SealedBytes(keyID: new.keyID, nonce: new.nonce, ciphertext: new.ciphertext),
                keyring.fingerprint(of: value)
            )
        }
        var result = secret
        (result.sealed, result.fingerprint) = try again(secret.sealed)
        result.previous = nil
        if let previous = secret.previous, previous.acceptedUntil > now {
            result.previous = .init(sealed: try again(previous.sealed).bytes, acceptedUntil: previous.acceptedUntil)
        }
        return result
    }

    func fingerprint(of text: String) -> String { keyring.fingerprint(of: text) }
}
