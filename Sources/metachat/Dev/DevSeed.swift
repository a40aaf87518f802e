import JSONCoding

/// A demo business: a tenant, its WhatsApp channel at the simulator, and a few documents. What is there already stays
/// as it is.
struct DevSeed: Sendable {
    static let tenantID = "demo"
    static let channelID = "demo-whatsapp"
    static let numberID = "100000000000101"
    static let accountID = "100000000000001"
    static let displayNumber = "15550100101"
    static let business = "Northwind Outdoor"

    let rpc: DevRPC
    let secrets: DevSecrets
    /// A file that tells that this folder's secrets went into the channel.
    let mark: String

    /// - Returns: the highest revision that the nodes must know.
    func plant() async throws -> Int64 {
        var revision: Int64 = 0
        func note(_ result: JSONValue) { revision = max(revision, result["revision"]?.integer ?? 0) }
        if let tenant = try await rpc.find("tenant.get", ["id": .string(Self.tenantID)]) {
            note(tenant)
        } else {
            note(
                try await rpc.call(
                    "tenant.create",
                    [
                        "id": .string(Self.tenantID), "name": .string(Self.business),
                        "settings": ["brandName": .string(Self.business), "tone": "friendly"],
                    ]))
        }
        note(try await channel())
        for document in DevDocuments.all where try await rpc.find("document.get", ["id": .string(document.id)]) == nil {
            try await rpc.call(
                "document.put",
                [
                    "tenantId": .string(Self.tenantID), "id": .string(document.id), "title": .string(document.title),
                    "content": .string(document.content), "mimeType": "text/markdown",
                ])
        }
        try DevFile.write("", to: mark)
        return revision
    }

    private func channel() async throws -> JSONValue {
        let config: JSONValue = [
            "phoneNumberId": .string(Self.numberID), "businessAccountId": .string(Self.accountID),
            "webhookVerifyToken": .string(secrets["WHATSAPP_VERIFY_TOKEN"]),
        ]
        let sealed: JSONValue = [
            "accessToken": .string(secrets["WHATSAPP_ACCESS_TOKEN"]),
            "appSecret": .string(secrets["WHATSAPP_APP_SECRET"]),
        ]
        guard let channel = try await rpc.find("channel.get", ["id": .string(Self.channelID)]) else {
            return try await rpc.call(
                "channel.create",
                [
                    "id": .string(Self.channelID), "tenantId": .string(Self.tenantID), "type": "whatsapp",
                    "name": "WhatsApp (simulated)", "config": config, "secrets": sealed,
                ])
        }
        // A database that another folder seeded holds that folder's secrets.
        if DevFile.exists(mark) { return channel }
        return try await rpc.call(
            "channel.update", ["id": .string(Self.channelID), "config": config, "secrets": sealed])
    }
}
