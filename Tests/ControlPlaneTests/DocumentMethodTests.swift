import ControlAPI
import Domain
import JSONCoding
import Support
import Synchronization
import Testing

struct DocumentMethodTests {
    let bench: ControlBench

    init() throws { bench = try ControlBench() }

    private func put(_ content: String, _ more: JSONObject = [:]) async throws -> JSONValue {
        let params: JSONObject = [
            "tenantId": "acme", "id": "doc", "title": "Opening hours", "mimeType": "text/markdown",
            "content": .string(content),
        ]
        return try await bench.call("document.put", params.merging(patch: more))
    }

    @Test func aDocumentIsPutFoundAndDeleted() async throws {
        try await bench.makeTenant()
        let content = "# Hours\n\nWe are **open** on [weekdays](https://example.com) from 9 to 18."
        #expect(
            try await put(content, ["metadata": ["source": "web"]])
                == ["id": "doc", "version": 1, "chunks": 1, "status": "indexed"])
        let draft = try #require(bench.documents.draft("doc"))
        #expect(draft.content == "Hours\n\nWe are open on weekdays from 9 to 18.")
        #expect(draft.chunks == ["Hours\nWe are open on weekdays from 9 to 18."])
        #expect(draft.language == "english")

        let got = try await bench.call("document.get", ["id": "doc"])
        #expect(got["content"]?.string == draft.content)
        #expect(got["metadata"] == ["source": "web"])
        let listed = try await bench.call("document.list", ["tenantId": "acme"])["items"]?.array
        #expect(listed?.count == 1)
        #expect(listed?.first?["content"] == nil)

        let found = try await bench.call("document.search", ["tenantId": "acme", "query": "open weekdays?"])
        #expect(found["items"]?.array?.first?["documentId"] == "doc")
        #expect(found["items"]?.array?.first?["kind"] == "keyword")

        #expect(try await put("New text.")["version"] == 2)
        #expect(try await bench.call("document.delete", ["id": "doc"]) == ["id": "doc", "revision": 1])
        for method in ["document.get", "document.delete"] {
            #expect(try await bench.failure(method, ["id": "doc"]).code == -32004)
        }
    }

    @Test func whatChangesMeanwhileIsNoInternalError() async throws {
        try await bench.makeTenant()
        try await bench.makeTenant("other")
        let bench = bench
        let params: JSONObject = [
            "tenantId": "acme", "id": "doc", "title": "T", "mimeType": "text/plain", "content": "Text.",
        ]
        bench.documents.beforePut.withLock {
            $0.happens = {
                try await bench.call("document.put", params.merging(patch: ["tenantId": "other"]))
                throw DependencyError.rejected("the document's id is taken")
            }
        }
        #expect(try await bench.failure("document.put", params).code == -32009)
        bench.documents.beforePut.withLock {
            $0.happens = {
                try await bench.call("tenant.delete", ["id": "acme"])
                throw DependencyError.rejected("violates foreign key constraint")
            }
        }
        #expect(try await bench.failure("document.put", params.merging(patch: ["id": "new"])).code == -32004)
    }

    static let locales: [(locale: JSONValue, language: String)] = [
        (["de-AT", "en"], "german"), (["en"], "english"), (["pt_BR"], "portuguese"), (["ja"], "simple"),
        ([], "english"),
    ]

    @Test(arguments: locales)
    func theLanguageIsTheTenants(_ locale: JSONValue, _ language: String) async throws {
        try await bench.call("tenant.create", ["id": "acme", "name": "A", "settings": ["locale": locale]])
        _ = try await put("Text.")
        #expect(bench.documents.draft("doc")?.language == language)
    }

    @Test(arguments: ["   \n\n ", "# \n", "![](x.png)"])
    func whatHoldsNoTextIsRefused(_ content: String) async throws {
        try await bench.makeTenant()
        let failure = try await bench.failure(
            "document.put",
            ["tenantId": "acme", "title": "T", "mimeType": "text/markdown", "content": .string(content)])
        #expect(failure.paths == ["/content"])
    }

    @Test func anotherTenantsIdIsAConflict() async throws {
        try await bench.makeTenant()
        try await bench.makeTenant("other")
        _ = try await put("Text.")
        let failure = try await bench.failure(
            "document.put",
            ["tenantId": "other", "id": "doc", "title": "T", "mimeType": "text/plain", "content": "x"])
        #expect(failure.code == -32009)
        #expect(bench.documents.document("doc")?.tenantID == "acme")
    }

    @Test func conversationsAndMessagesAreRead() async throws {
        try await bench.makeTenant()
        let messages = (1...3).map { Samples.message(position: Int64($0), text: "Text \($0)") }
        bench.messages.add(
            Samples.conversation(of: messages[0]),
            messages.map { StoredMessage(message: $0, outcome: .answered) })
        let list = try await bench.call("conversation.list", ["tenantId": "acme", "status": "active", "query": "4915"])
        let conversation = try #require(list["items"]?.array?.first)
        let key: JSONObject = ["conversationId": .string(messages[0].conversationID), "channelId": "wa"]
        #expect(try await bench.call("conversation.get", key) == conversation)
        let page = try await bench.call("conversation.messages", key.merging(patch: ["after": 1, "limit": 1]))
        #expect(page["items"]?.array?.map { $0["position"] } == [2])
        #expect(page["nextCursor"] != .null)
        let message = try await bench.call("message.get", ["id": .string(messages[2].id.description)])
        #expect(message["content"]?["text"] == "Text 3")
        #expect(message["status"] == "answered")
        #expect(try await bench.failure("conversation.list", ["tenantId": "nobody"]).code == -32004)
        #expect(
            try await bench.failure("conversation.get", ["conversationId": "x", "channelId": "wa"]).code == -32004)
        let unknown = MessageID(at: SystemClock().now()).description
        #expect(try await bench.failure("message.get", ["id": .string(unknown)]).code == -32004)
        #expect(try await bench.failure("message.get", ["id": "x"]).paths == ["/id"])
    }
}
