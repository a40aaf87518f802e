import HTTPTypes
import JSONCoding
import NIOHTTP1
import Sealing
import Simulator
import Testing

@Suite struct WebhookServerTests {
    typealias Harness = SimulatorHarness

    private func value(_ body: [UInt8]) throws -> JSONValue {
        let entry = try #require(try JSONValue.parse(body)["entry"]?.array?.first)
        let change = try #require(entry["changes"]?.array?.first)
        #expect(change["field"] == "messages")
        return try #require(change["value"])
    }

    @Test func aCustomersTextArrivesSignedAndEscaped() async throws {
        try await Harness.run { sim in
            let answer = try await sim.call(
                .POST, "/simulator/customers/+447700900101/messages",
                #"{"text":"Öffnungszeiten?","name":"Ada","wait":true}"#)
            #expect(answer.status == 200)
            let webhook = try #require(try answer.json["webhooks"]?.array?.first)
            #expect(webhook["status"] == 200)
            #expect(webhook["outcome"] == "taken")
            let received = try #require(sim.receiver.received.first)
            #expect(received.contentType == "application/json")
            #expect(
                WebhookSignature.isValid(
                    header: received.signature, body: received.body, keys: [HMACKey(Harness.appSecret)]))
            #expect(String(decoding: received.body, as: UTF8.self).contains(#""body":"\u00d6ffnungszeiten?""#))
            let body = try JSONValue.parse(received.body)
            #expect(body["object"] == "whatsapp_business_account")
            #expect(body["entry"]?.array?.first?["id"] == "102290129340398")
            let value = try value(received.body)
            #expect(
                value["metadata"] == ["display_phone_number": "15550783881", "phone_number_id": "106540352242922"])
            let contact = try #require(value["contacts"]?.array?.first)
            #expect(contact["wa_id"] == "447700900101")
            #expect(contact["profile"] == ["name": "Ada"])
            let message = try #require(value["messages"]?.array?.first)
            #expect(message["from"] == "447700900101")
            #expect(message["type"] == "text")
            #expect(message["text"] == ["body": "Öffnungszeiten?"])
            #expect(message["id"] == (try answer.json["messages"]?.array?.first?["id"]))
            let timestamp = try #require(message["timestamp"]?.string)
            #expect(Int64(timestamp).map { $0 > 1_700_000_000 && $0 < 10_000_000_000 } == true)
        }
    }

    @Test func statusesFollowASend() async throws {
        try await Harness.changing({ $0.settings.readAfter = 5 }).run { sim in
            let sent = try await sim.send(Harness.text("Hi", opaque: "018f")).json
            var statuses: [JSONValue] = []
            // One webhook may hold several.
            for count in 1...3 where statuses.count < 3 {
                statuses = try await sim.log("webhooks", count: count).flatMap { attempt in
                    let body = try #require(attempt["body"]?.string)
                    return try #require(try value(Array(body.utf8))["statuses"]?.array)
                }
            }
            #expect(statuses.compactMap { $0["status"]?.string }.sorted() == ["delivered", "read", "sent"])
            for status in statuses {
                #expect(status["id"] == sent["messages"]?.array?.first?["id"])
                #expect(status["biz_opaque_callback_data"] == "018f")
                #expect(status["recipient_id"] == "447700900101")
                #expect(status["timestamp"]?.string != nil)
            }
        }
    }

    @Test func aToldFailureComesAsAStatus() async throws {
        try await Harness.changing({ $0.settings.sentAfter = nil }).run { sim in
            _ = try await sim.call(
                .POST, "/simulator/faults", #"{"respond":{"failedStatus":{"code":131026,"details":"why"}}}"#)
            #expect(try await sim.send(Harness.text("Hi")).status == 200)
            let body = try #require(try await sim.log("webhooks", count: 1).first?["body"]?.string)
            let status = try #require(try value(Array(body.utf8))["statuses"]?.array?.first)
            #expect(status["status"] == "failed")
            #expect(status["errors"]?.array?.first?["code"] == 131_026)
            #expect(status["errors"]?.array?.first?["title"] == "Message undeliverable")
            #expect(status["errors"]?.array?.first?["error_data"] == ["details": "why"])
        }
    }

    @Test func refusedWebhooksAreRepeatedUntilTaken() async throws {
        try await Harness.run { sim in
            sim.receiver.answerNext(.serviceUnavailable, .internalServerError)
            let answer = try await sim.call(
                .POST, "/simulator/customers/447700900101/messages", #"{"text":"Hi","wait":true}"#)
            #expect(try answer.json["webhooks"]?.array?.first?["attempt"] == 3)
            let received = sim.receiver.received
            #expect(received.count == 3)
            #expect(Set(received.map(\.body)).count == 1)
            let attempts = try await sim.log("webhooks", count: 3)
            #expect(attempts.compactMap { $0["status"]?.integer } == [503, 500, 200])
            #expect(attempts.compactMap { $0["outcome"]?.string } == ["again", "again", "taken"])
        }
    }

    @Test func messagesOfOneRequestKeepTheirOrderAlsoWhenRefused() async throws {
        try await Harness.run { sim in
            sim.receiver.answerNext(.ok, .serviceUnavailable, .ok)
            let answer = try await sim.call(
                .POST, "/simulator/customers/447700900101/messages",
                #"{"messages":[{"text":"1"},{"text":"2"},{"text":"3"}],"wait":true}"#)
            #expect(answer.status == 200)
            let texts = try sim.receiver.received.map { try value($0.body)["messages"]?.array?.first?["text"]?["body"] }
            #expect(texts == ["1", "2", "2", "3"])
        }
    }

    @Test func batchesDuplicatesAndReordering() async throws {
        try await Harness.run { sim in
            let answer = try await sim.call(
                .POST, "/simulator/customers/447700900101/messages",
                #"{"messages":[{"text":"1"},{"text":"2","id":"wamid.mine","ageSeconds":7200}],"batch":true,"reorder":true,"duplicates":4,"wait":true}"#
            )
            #expect(answer.status == 200)
            try #require(sim.receiver.received.count == 5)
            #expect(Set(sim.receiver.received.map(\.body)).count == 1)
            let messages = try #require(try value(sim.receiver.received[0].body)["messages"]?.array)
            #expect(messages.compactMap { $0["text"]?["body"]?.string } == ["2", "1"])
            #expect(messages.first?["id"] == "wamid.mine")
            let times = messages.compactMap { $0["timestamp"]?.string }.compactMap(Int64.init)
            try #require(times.count == 2)
            #expect(times[1] - times[0] == 7200)
        }
    }

    @Test func repliesRawMessagesAndHiddenNumbers() async throws {
        try await Harness.run { sim in
            _ = try await sim.call(
                .POST, "/simulator/customers/US.13491208655302741918/messages",
                #"{"messages":[{"reply":{"id":"p1","title":"Yes"},"replyTo":"wamid.q"},{"message":{"type":"image","image":{"id":"123","mime_type":"image\/jpeg"}}}],"username":"ada","wait":true}"#
            )
            let values = try sim.receiver.received.map { try value($0.body) }
            try #require(values.count == 2)
            let reply = try #require(values[0]["messages"]?.array?.first)
            #expect(reply["interactive"] == ["type": "button_reply", "button_reply": ["id": "p1", "title": "Yes"]])
            #expect(reply["context"]?["id"] == "wamid.q")
            #expect(reply["from"] == nil)
            #expect(reply["from_user_id"] == "US.13491208655302741918")
            #expect(values[0]["contacts"]?.array?.first?["wa_id"] == nil)
            #expect(values[1]["messages"]?.array?.first?["image"]?["id"] == "123")
        }
    }

    @Test func bodiesCanBeHadWithoutPosting() async throws {
        try await Harness.run { sim in
            let answer = try await sim.call(
                .POST, "/simulator/customers/447700900101/messages", #"{"text":"Hi","post":false}"#)
            let webhook = try #require(try answer.json["webhooks"]?.array?.first)
            let body = try #require(webhook["body"]?.string)
            #expect(
                WebhookSignature.isValid(
                    header: webhook["signature"]?.string, body: Array(body.utf8), keys: [HMACKey(Harness.appSecret)]))
            #expect(sim.receiver.received.isEmpty)
        }
    }

    @Test func numbersHaveSecretsAndURLsOfTheirOwn() async throws {
        try await Harness.changing({ $0.webhookURL = "http://127.0.0.1:9/nobody" }).run { sim in
            let put = try await sim.call(
                .PUT, "/simulator/numbers/777",
                #"{"webhookUrl":"http://127.0.0.1:\#(sim.receiverPort)/hook","appSecret":"hush-hush-other","accessToken":"EAA-second-token"}"#
            )
            #expect(put.status == 200)
            _ = try await sim.call(
                .POST, "/simulator/customers/447700900101/messages",
                #"{"text":"Hi","phoneNumberId":"777","wait":true}"#)
            let received = try #require(sim.receiver.received.first)
            #expect(
                WebhookSignature.isValid(
                    header: received.signature, body: received.body, keys: [HMACKey("hush-hush-other")]))
            #expect(try await sim.send(Harness.text("Hi"), number: "777").status == 401)
            #expect(try await sim.send(Harness.text("Hi"), token: "EAA-second-token", number: "777").status == 200)
            // The other number's webhooks reach nobody, and are tried again.
            _ = try await sim.call(.POST, "/simulator/customers/447700900101/messages", #"{"text":"Hi"}"#)
            let state = try await sim.call(.GET, "/simulator/state")
            #expect(!state.text.contains("hush-hush-other") && !state.text.contains("EAA-second-token"))
            #expect(!state.text.contains(Harness.appSecret) && !state.text.contains(Harness.accessToken))
        }
    }

    @Test func severalURLsTakeTurnsAlsoForTheNextAttempt() async throws {
        try await Harness.run { sim in
            let own = "http://127.0.0.1:\(sim.receiverPort)/hook"
            _ = try await sim.call(
                .PATCH, "/simulator/settings", #"{"webhookUrl":"\#(own)?a,\#(own)?b"}"#)
            sim.receiver.answerNext(.serviceUnavailable)
            _ = try await sim.call(
                .POST, "/simulator/customers/447700900101/messages", #"{"text":"1","wait":true}"#)
            let urls = try await sim.log("webhooks", count: 2).compactMap { $0["url"]?.string }
            #expect(Set(urls) == [own + "?a", own + "?b"])
        }
    }

    @Test func settingsChangeWhileItRuns() async throws {
        try await Harness.run { sim in
            let patched = try await sim.call(
                .PATCH, "/simulator/settings", #"{"sentAfterMs":null,"deliveredAfterMs":3,"webhooksInFlight":2}"#)
            #expect(try patched.json["sentAfterMs"] == .null)
            _ = try await sim.send(Harness.text("Hi"))
            let body = try #require(try await sim.log("webhooks", count: 1).first?["body"]?.string)
            #expect(body.contains(#""status":"delivered""#))
            let wrong = try await sim.call(.PATCH, "/simulator/settings", #"{"sentAfterMs":-1,"other":1}"#)
            #expect(wrong.status == 400)
            #expect(try wrong.json["error"]?["errors"]?.array?.count == 2)
        }
    }

    @Test func madeUpStatusesGoOut() async throws {
        try await Harness.run { sim in
            let order = #"{"id":"wamid.lost","status":"delivered","to":"447700900101","opaqueData":"018f"}"#
            #expect(try await sim.call(.POST, "/simulator/statuses", order).status == 202)
            let body = try #require(try await sim.log("webhooks", count: 1).first?["body"]?.string)
            #expect(body.contains(#""id":"wamid.lost""#) && body.contains(#""biz_opaque_callback_data":"018f""#))
        }
    }

    @Test func verifiesAWebhookURL() async throws {
        try await Harness.run { sim in
            let answer = try await sim.call(.POST, "/simulator/verify", "{}")
            #expect(try answer.json["ok"] == true)
        }
        try await Harness.changing({ $0.verifyToken = "another" }).run { sim in
            let answer = try await sim.call(.POST, "/simulator/verify", "{}")
            #expect(try answer.json["ok"] == false)
            #expect(try answer.json["status"] == 403)
        }
    }

    @Test func malformedOrdersAreRefused() async throws {
        try await Harness.run { sim in
            let path = "/simulator/customers/447700900101/messages"
            for order in [
                "{}", "[]", "nonsense", #"{"text":""}"#, #"{"text":"a","reply":{"id":"1","title":"b"}}"#,
                #"{"messages":[]}"#, #"{"text":"a","nope":1}"#, #"{"message":{"text":{}}}"#,
            ] {
                #expect(try await sim.call(.POST, path, order).status == 400, "\(order)")
            }
            #expect(try await sim.call(.POST, "/simulator/customers/nobody/messages", #"{"text":"a"}"#).status == 400)
            let unknown = try await sim.call(.POST, path, #"{"text":"a","phoneNumberId":"1"}"#)
            #expect(unknown.status == 404)
            #expect(try await sim.call(.GET, "/simulator/messages?after=-1").status == 400)
        }
    }
}
