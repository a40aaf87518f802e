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
        _ input: SecretInput, as key: SecretKey, replacing current: StoredSecret?, graceSeconds: Int64 = 0,
        now: Timestamp
    ) throws -> StoredSecret {
        let value = try keyring.seal(input.value, context: key.sealingContext)
        let fingerprint = keyring.fingerprint(of: input.value)
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

    func fingerprint(of text: String) -> String { keyring.fingerprint(of: text) }
}
