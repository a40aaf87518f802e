import JSONCoding
import JSONRPC

package enum SecretRewrap {
    package struct Params: WriteParams {
        package var idempotencyKey: String?
    }

    package struct Output: Sendable {
        /// Secrets that were sealed under another key.
        package var rewrapped: Int
        package var keyID: String
        package var revision: Int64

        package init(rewrapped: Int, keyID: String, revision: Int64) {
            self.rewrapped = rewrapped
            self.keyID = keyID
            self.revision = revision
        }
    }

    package static let method = ControlMethod<Params, Output>(
        "secret.rewrap", .administration, "Seals every secret anew under the first master key.",
        details: """
            What is sealed under it already stays as it is. Traffic goes on meanwhile. When it has returned and the \
            fleet runs `revision`, other keys can be taken out of `METACHAT_MASTER_KEYS`. A secret sealed under a key \
            that this process has not been given is a conflict (`data.missingKeyIds`), and nothing is changed.
            """,
        params: [CommonParams.idempotencyKey],
        result: .object(
            [
                .required("rewrapped", .integer(0 ... .max), "Secrets that were sealed under another key."),
                .required("keyId", .string(), "The first master key's id."),
                .required("revision", .integer(0 ... .max), "Takes `fleet.wait`."),
            ], closed: false),
        errors: [.conflict],
        example: .init(params: [:], result: ["rewrapped": 12, "keyId": "k2", "revision": 57])
    ) { object -> Params? in
        Params(idempotencyKey: object.idempotencyKey())
    } write: { output in
        [
            "rewrapped": .integer(Int64(output.rewrapped)), "keyId": .string(output.keyID),
            "revision": .integer(output.revision),
        ]
    }
}
