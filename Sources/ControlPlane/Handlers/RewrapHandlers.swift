import ControlAPI
import Domain
import JSONCoding
import JSONRPC
import Logging
import Sealing

extension ControlHandlers {
    /// Secrets in one transaction, which keeps other writers waiting.
    private static let batch = 50

    func addRewrap(to registry: inout MethodRegistry<CallContext>) {
        addDetachedWrite(SecretRewrap.method, to: &registry) { _, _ in
            let keyring = sealer.keyring
            let missing = try await store.sealingKeyIDs().subtracting(keyring.keyIDs).sorted()
            guard missing.isEmpty else {
                throw RPCError.conflict(
                    "secrets are sealed under keys that METACHAT_MASTER_KEYS does not hold",
                    data: ["missingKeyIds": .array(missing.map(JSONValue.string))])
            }
            var rewrapped = 0
            var last: SecretKey?
            // One pass in the order of the keys: it ends, whatever others write meanwhile.
            while true {
                let found = try await store.secrets(
                    notSealedUnder: keyring.primaryKeyID, after: last, limit: Self.batch)
                guard let end = found.last else { break }
                rewrapped += try await rewrap(found.map(\.key))
                last = end.key
            }
            let output = SecretRewrap.Output(
                rewrapped: rewrapped, keyID: keyring.primaryKeyID, revision: try await store.revision())
            logger.notice(
                "secrets were sealed anew", metadata: ["count": "\(rewrapped)", "keyId": "\(keyring.primaryKeyID)"])
            return (
                output,
                rewrapped == 0 ? nil : Audited(entity: "secret", id: "*", tenantID: nil, changed: ["keyId"])
            )
        }
    }

    /// Reads each under its lock once more: what was set in between is under the new key already.
    private func rewrap(_ keys: [SecretKey]) async throws -> Int {
        try await store.write { transaction in
            var count = 0
            for key in keys {
                guard let secret = try await transaction.secret(key), !sealer.isCurrent(secret) else { continue }
                let sealed: StoredSecret
                do throws(SealingError) {
                    sealed = try sealer.rewrap(secret, now: clock.now())
                } catch {
                    // Nothing of this batch is kept; what came before stays, under the new key.
                    throw RPCError.conflict("the secret \(key.sealingContext) \(error)")
                }
                _ = try await transaction.save(sealed)
                count += 1
            }
            return count
        }
    }
}
