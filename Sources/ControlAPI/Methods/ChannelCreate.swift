package import Domain
package import JSONCoding
import JSONRPC

package enum ChannelCreate {
    package struct Params: WriteParams {
        /// Generated if absent.
        package var id: String?
        package var tenantID: String
        package var type: ChannelType
        package var name: String?
        package var config: JSONObject
        package var secrets: [SecretInput]
        package var enabled: Bool
        package var idempotencyKey: String?
    }

    package static let method = ControlMethod<Params, ChannelView>(
        "channel.create", .write, "Creates a channel, with its secrets if they are given.",
        details: """
            Secrets by type: whatsapp accessToken, appSecret, webhookVerifyToken; messenger pageAccessToken, \
            appSecret, verifyToken; webchat token, identitySecret. A phone number or page that another enabled \
            channel of the tenant uses is a conflict. Gives the highest revision, which is the channel's.
            """,
        params: [
            CommonParams.tenantID, .required("type", .oneOf(ChannelType.self)),
            .required("config", ControlAPI.channelConfig, "Of the channel's type; closed."),
            .optional("id", .identifier(), "Generated if absent."),
            .optional("name", .string(1...200)),
            .optional("secrets", .map(of: .string(1...SecretInput.maxLength)), "Values by name; kept sealed."),
            .optional("enabled", JSONSchema.boolean.withDefault(true)), CommonParams.idempotencyKey,
        ],
        result: .shared("Channel"), errors: [.notFound, .conflict],
        example: .init(
            params: [
                "id": "acme-whatsapp", "tenantId": "acme", "type": "whatsapp", "name": "Support number",
                "config": Examples.whatsAppConfig,
                "secrets": ["accessToken": "the number's token", "appSecret": "the app's secret"],
            ], result: Examples.channel)
    ) { object -> Params? in
        let id = object.optional("id") { $0.identifier() }
        let tenantID = object.required("tenantId") { $0.identifier() }
        let type = object.required("type") { $0.oneOf(ChannelType.self) }
        let name = object.optional("name") { $0.string(1...200) }
        let config = object.required("config") { reader -> JSONObject? in
            guard let type else { return reader.rawObject() }
            return ChannelConfig.readObject(type, reader)
        }
        let secrets = object.optional("secrets") {
            SecretInput.read($0, names: type.map { StoredSecret.names(for: $0) })
        }
        let enabled = object.optional("enabled") { $0.bool() }
        let key = object.idempotencyKey()
        guard let tenantID, let type, let config else { return nil }
        return Params(
            id: id, tenantID: tenantID, type: type, name: name, config: config, secrets: secrets ?? [],
            enabled: enabled ?? true, idempotencyKey: key)
    } write: {
        $0.json
    }
}

extension ChannelConfig {
    /// A config that is in order, as it is kept: without the nulls that stand for absent members.
    package static func readObject(_ type: ChannelType, _ reader: JSONReader) -> JSONObject? {
        guard read(type, reader) != nil else { return nil }
        return JSONObject().merging(patch: reader.value.object ?? [:])
    }
}
