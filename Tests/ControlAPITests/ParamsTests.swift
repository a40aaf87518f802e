import ControlAPI
import Domain
import JSONCoding
import JSONRPC
import Testing

struct ParamsTests {
    private func faults(_ method: String, _ params: JSONObject) -> [String: String] {
        let faults = AnyMethod.named(method)?.faults(params)?.faults ?? []
        return Dictionary(faults.map { ($0.path, $0.message) }) { $0 + " | " + $1 }
    }

    private let whatsapp: JSONObject = ["phoneNumberId": "1", "businessAccountId": "2"]

    @Test func aChannelsFaultsShowAllAtOnce() {
        let found = faults(
            "channel.create",
            [
                "id": "no spaces", "type": "whatsapp", "name": "",
                "config": [
                    "phoneNumberId": 5, "graphVersion": "26", "messagesPerSecond": 0, "partitions": 65, "token": "x",
                ],
                "secrets": ["accessToken": 7, "verifyToken": "x", "appSecret": ""], "enabled": "yes", "color": "red",
                "idempotencyKey": "",
            ])
        #expect(
            Set(found.keys) == [
                "/id", "/tenantId", "/name", "/config/phoneNumberId", "/config/businessAccountId",
                "/config/graphVersion", "/config/messagesPerSecond", "/config/partitions", "/config/token",
                "/secrets/accessToken", "/secrets/verifyToken", "/secrets/appSecret", "/enabled", "/color",
                "/idempotencyKey",
            ])
        #expect(found["/secrets/verifyToken"] == "is not known here")
        #expect(found["/tenantId"] == "is missing")
    }

    @Test(arguments: [
        ("whatsapp", ["accessToken", "appSecret", "webhookVerifyToken"]),
        ("messenger", ["pageAccessToken", "appSecret", "verifyToken"]), ("webchat", ["token", "identitySecret"]),
    ])
    func eachTypeHasItsSecrets(_ type: String, _ names: [String]) {
        let configs: [String: JSONObject] = ["whatsapp": whatsapp, "messenger": ["pageId": "1"], "webchat": [:]]
        let secrets = JSONObject(members: names.map { ($0, "a value") })
        var params: JSONObject = ["tenantId": "t", "type": .string(type)]
        params["config"] = configs[type].map(JSONValue.object)
        params["secrets"] = .object(secrets)
        #expect(faults("channel.create", params).isEmpty)
        params["secrets"] = ["llm.apiKey": "x"]
        #expect(faults("channel.create", params) == ["/secrets/llm.apiKey": "is not known here"])
    }

    @Test func nullsAreNotKept() throws {
        let config: JSONObject = whatsapp.merging(patch: ["partitions": 2])
        var params: JSONObject = ["tenantId": "t", "type": "whatsapp", "name": nil]
        var given = config
        given["graphVersion"] = .null
        params["config"] = .object(given)
        let read = try JSONReader.read(.object(params), ChannelCreate.method.method.read)
        #expect(read.config == config)
        #expect(read.config.keys == ["phoneNumberId", "businessAccountId", "partitions"])
        #expect(read.name == nil)
    }

    @Test func namesAreKeptClearedOrSet() throws {
        func name(_ params: JSONObject) throws -> String? {
            try JSONReader.read(.object(params), ChannelUpdate.method.method.read).name.applied(to: "old")
        }
        #expect(try name(["id": "c"]) == "old")
        #expect(try name(["id": "c", "name": nil]) == nil)
        #expect(try name(["id": "c", "name": "new"]) == "new")
        #expect(faults("channel.update", ["id": "c", "name": 1]).keys.sorted() == ["/name"])
    }

    @Test(arguments: [0, -1, 201])
    func limitsBeyondTheRangeAreRefused(_ limit: Int64) {
        #expect(faults("tenant.list", ["limit": .integer(limit)]).keys.sorted() == ["/limit"])
    }

    @Test func limitsWithinAreTaken() throws {
        #expect(faults("tenant.list", ["limit": 200, "cursor": "x"]).isEmpty)
        let params = try JSONReader.read([:], TenantList.method.method.read)
        #expect(params.page == PageRequest(limit: 50, cursor: nil))
    }

    @Test func waitingIsBounded() throws {
        #expect(faults("fleet.wait", ["revision": 1, "timeoutMs": 60_001]).keys.sorted() == ["/timeoutMs"])
        #expect(faults("fleet.wait", ["revision": 1, "timeoutMs": 60_000]).isEmpty)
        #expect(faults("fleet.wait", ["revision": -1]).keys.sorted() == ["/revision"])
    }

    @Test func settingsAreClosedAllTheWayDown() {
        let found = faults(
            "tenant.create",
            [
                "name": "n",
                "settings": [
                    "tone": "grim", "llm": ["provider": "openai", "baseUrl": "ftp://x", "apiKey": "sk-1"],
                    "ragConfig": ["hybridWeights": ["image": 1]], "colour": 1,
                ],
            ])
        #expect(
            Set(found.keys) == [
                "/settings/tone", "/settings/llm/baseUrl", "/settings/llm/apiKey",
                "/settings/ragConfig/hybridWeights/image", "/settings/colour",
            ])
    }

    static let unreadable: [(members: JSONObject, path: String)] = [
        (["content": "x", "contentBase64": "eA=="], "/content"), ([:], "/content"),
        (["contentBase64": "eA"], "/contentBase64"), (["contentBase64": "e A="], "/contentBase64"),
        (["contentBase64": "/w=="], "/contentBase64"), (["contentBase64": "AA=="], "/contentBase64"),
        (["content": ""], "/content"), (["content": "x", "mimeType": "application/pdf"], "/mimeType"),
        (["content": "x", "mimeType": "image/png"], "/mimeType"), (["content": "x", "title": ""], "/title"),
    ]

    @Test(arguments: unreadable)
    func documentsWithoutReadableTextAreRefused(_ members: JSONObject, _ path: String) {
        let base: JSONObject = ["tenantId": "t", "title": "T", "mimeType": "text/plain"]
        #expect(faults("document.put", base.merging(patch: members)).keys.contains(path))
    }

    @Test func base64IsDecoded() throws {
        let params: JSONValue = [
            "tenantId": "t", "title": "T", "mimeType": "text/plain", "contentBase64": "R3LDvMOfZQ==",
        ]
        #expect(try JSONReader.read(params, DocumentPut.method.method.read).content == "Grüße")
    }

    @Test func secretsAreNotPrinted() throws {
        let params = try JSONReader.read(
            ["tenantId": "t", "name": "llm.apiKey", "value": "hunter2"], SecretSet.method.method.read)
        var dumped = ""
        dump(params, to: &dumped)
        for text in ["\(params)", String(reflecting: params), dumped] { #expect(!text.contains("hunter2")) }
        #expect(params.secret.value == "hunter2")
    }

    @Test func generatedIdsAreIdentifiersAndDiffer() throws {
        let ids = Set((0..<1000).map { _ in EntityID.make("ch") })
        #expect(ids.count == 1000)
        for id in ids { #expect(AnyMethod.named("channel.get")?.faults(["id": .string(id)]) == nil) }
    }
}
