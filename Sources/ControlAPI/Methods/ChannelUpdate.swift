package import JSONCoding
import JSONRPC

package enum ChannelUpdate {
    package struct Params: WriteParams {
        package var id: String
        package var name: Change<String>
        /// A merge patch (RFC 7396).
        package var config: JSONObject?
        package var secrets: [SecretInput]
        package var enabled: Bool?
        package var ifRevision: Int64?
        package var idempotencyKey: String?
    }

    package static let method = ControlMethod<Params, ChannelView>(
        "channel.update", .write, "Changes a channel.",
        details: """
            `config` is a JSON merge patch (RFC 7396): null removes a member, objects merge, else it replaces. \
            Secrets that are given replace those of the same name at once; `secret.set` has a grace period. Gives \
            the highest revision, which is the channel's.
            """,
        params: [
            CommonParams.id, .optional("name", JSONSchema.string(1...200).orNull),
            .optional("config", .anyObject, "A merge patch; the result must be a valid config of the channel's type."),
            .optional("secrets", .map(of: .string(1...SecretInput.maxLength)), "Values by name; kept sealed."),
            .optional("enabled", .boolean), CommonParams.ifRevision, CommonParams.idempotencyKey,
        ],
        result: .shared("Channel"), errors: [.notFound, .conflict],
        example: .init(
            params: ["id": "acme-whatsapp", "config": ["webhookVerifyToken": "choose-a-token"]],
            result: Examples.channel)
    ) { object -> Params? in
        let id = object.required("id") { $0.identifier() }
        let name = object.change("name") { $0.string(1...200) }
        let config = object.optional("config") { $0.rawObject() }
        let secrets = object.optional("secrets") { SecretInput.read($0, names: nil) }
        let enabled = object.optional("enabled") { $0.bool() }
        let revision = object.ifRevision()
        let key = object.idempotencyKey()
        guard let id else { return nil }
        return Params(
            id: id, name: name, config: config, secrets: secrets ?? [], enabled: enabled, ifRevision: revision,
            idempotencyKey: key)
    } write: {
        $0.json
    }
}
