import JSONCoding
import NIOHTTP1
import Testing

@Suite struct GraphServerTests {
    typealias Harness = SimulatorHarness

    @Test func acceptsATextAndLogsIt() async throws {
        try await Harness.run { sim in
            let answer = try await sim.send(Harness.text("Hi ✓", to: "+447700900101", opaque: "our-id"))
            #expect(answer.status == 200)
            let json = try answer.json
            #expect(json["messaging_product"] == "whatsapp")
            #expect(json["contacts"] == [["input": "+447700900101", "wa_id": "447700900101"]])
            let wamid = try #require(json["messages"]?.array?.first?["id"]?.string)
            #expect(wamid.hasPrefix("wamid."))
            let entry = try #require(await sim.log("messages", count: 1).first)
            #expect(entry["number"] == 1)
            #expect(entry["to"] == "447700900101")
            #expect(entry["text"] == "Hi ✓")
            #expect(entry["opaqueData"] == "our-id")
            #expect(entry["wamid"]?.string == wamid)
        }
    }

    @Test func tokensAreChecked() async throws {
        try await Harness.run { sim in
            for token in [nil, "wrong"] {
                let answer = try await sim.send(Harness.text("Hi"), token: token)
                #expect(answer.status == 401)
                #expect(try answer.json["error"]?["code"] == 190)
                #expect(try answer.json["error"]?["type"] == "OAuthException")
                #expect(try answer.json["error"]?["fbtrace_id"]?.string?.isEmpty == false)
            }
            #expect(try await sim.log("rejected", count: 2).count == 2)
            #expect(try await sim.call(.GET, "/simulator/messages").json["items"] == [])
        }
    }

    @Test func errorsHaveMetasShape() async throws {
        try await Harness.run { sim in
            let answer = try await sim.send(#"{"messaging_product":"whatsapp","to":"447700900101","text":{"body":7}}"#)
            #expect(answer.status == 400)
            let error = try #require(try answer.json["error"])
            #expect(error["code"] == 100)
            #expect(error["message"] == "(#100) Invalid parameter")
            #expect(error["error_data"]?["messaging_product"] == "whatsapp")
            #expect(error["error_data"]?["details"] == "text['body'] must be a string, is a number")
            #expect(try await sim.send("nonsense").json["error"]?["code"] == 100)
            let unknown = try await sim.send(Harness.text("Hi"), number: "999")
            #expect(unknown.status == 400)
            #expect(try unknown.json["error"]?["error_subcode"] == 33)
            let form = try await sim.call(
                .POST, "/v26.0/\(Harness.numberID)/messages", "messaging_product=whatsapp",
                headers: [
                    "authorization": "Bearer \(Harness.accessToken)",
                    "content-type": "application/x-www-form-urlencoded",
                ])
            #expect(form.status == 400)
            #expect(try await sim.call(.POST, "/v26.0/1/nothing", "{}").json["error"]?["code"] == 2500)
            #expect(try await sim.call(.POST, "/version/1/messages", "{}").status == 404)
        }
    }

    @Test func bodiesBeyondTheLimitAreRefused() async throws {
        try await Harness.run { sim in
            let answer = try await sim.send(String(repeating: " ", count: 1 << 20) + "{}")
            #expect(answer.status == 413)
        }
    }

    @Test func tellsAboutANumber() async throws {
        try await Harness.run { sim in
            let path = "/v26.0/\(Harness.numberID)?fields=display_phone_number"
            #expect(try await sim.call(.GET, path).status == 401)
            let answer = try await sim.call(.GET, path, headers: ["authorization": "Bearer \(Harness.accessToken)"])
            #expect(try answer.json["display_phone_number"] == "15550783881")
        }
    }

    @Test func faultsStrikeAsOftenAsTold() async throws {
        try await Harness.run { sim in
            let order =
                #"{"match":{"to":"447700900101","times":2},"respond":{"status":429,"code":130429,"retryAfter":7}}"#
            #expect(try await sim.call(.POST, "/simulator/faults", order).status == 201)
            for _ in 0..<2 {
                let answer = try await sim.send(Harness.text("Hi"))
                #expect(answer.status == 429)
                #expect(answer.headers.first(name: "retry-after") == "7")
                #expect(try answer.json["error"]?["code"] == 130429)
                #expect(try answer.json["error"]?["message"] == "(#130429) Rate limit hit")
            }
            #expect(try await sim.send(Harness.text("Hi")).status == 200)
            #expect(try await sim.call(.GET, "/simulator/faults").json["items"] == [])
        }
    }

    @Test func faultsOfOneCustomerLeaveOthersAlone() async throws {
        try await Harness.run { sim in
            _ = try await sim.call(
                .POST, "/simulator/faults", #"{"match":{"to":"+44 7700 900101"},"respond":{"code":131047}}"#)
            #expect(try await sim.send(Harness.text("Hi", to: "447700900102")).status == 200)
            let answer = try await sim.send(Harness.text("Hi"))
            #expect(answer.status == 400)
            #expect(try answer.json["error"]?["code"] == 131_047)
            let faults = try await sim.call(.GET, "/simulator/faults").json
            #expect(faults["items"]?.array?.first?["hits"] == 1)
            let id = try #require(faults["items"]?.array?.first?["id"]?.integer)
            #expect(try await sim.call(.DELETE, "/simulator/faults/\(id)").status == 200)
            #expect(try await sim.call(.DELETE, "/simulator/faults/\(id)").status == 404)
            #expect(try await sim.send(Harness.text("Hi")).status == 200)
        }
    }

    @Test func aLostResponseWasAccepted() async throws {
        try await Harness.run { sim in
            _ = try await sim.call(
                .POST, "/simulator/faults", #"{"match":{"times":1},"respond":{"dropResponse":true}}"#)
            await #expect(throws: (any Error).self) { try await sim.send(Harness.text("lost", opaque: "x")) }
            let entry = try #require(await sim.log("messages", count: 1).first)
            #expect(entry["text"] == "lost")
            // Its statuses come all the same, with the business's own id.
            let webhook = try #require(await sim.log("webhooks", count: 1).first)
            #expect(webhook["body"]?.string?.contains(#""biz_opaque_callback_data":"x""#) == true)
        }
    }

    @Test func aLostRequestWasNot() async throws {
        try await Harness.run { sim in
            _ = try await sim.call(.POST, "/simulator/faults", #"{"respond":{"dropRequest":true}}"#)
            await #expect(throws: (any Error).self) { try await sim.send(Harness.text("lost")) }
            #expect(try await sim.call(.GET, "/simulator/messages").json["last"] == 0)
        }
    }

    @Test func aProxysErrorIsNoJSON() async throws {
        try await Harness.run { sim in
            _ = try await sim.call(
                .POST, "/simulator/faults", #"{"respond":{"status":502,"raw":"<h1>Bad Gateway</h1>"}}"#)
            let answer = try await sim.send(Harness.text("Hi"))
            #expect(answer.status == 502)
            #expect(answer.text == "<h1>Bad Gateway</h1>")
        }
    }

    @Test func senselessFaultsAreRefused() async throws {
        try await Harness.run { sim in
            for order in ["{}", #"{"respond":{}}"#, #"{"respond":{"status":200}}"#, #"{"respond":{"retryAfter":1}}"#] {
                let status = try await sim.call(.POST, "/simulator/faults", order).status
                #expect(status == 400, "\(order)")
            }
        }
    }

    @Test func readReceiptsAreNoMessages() async throws {
        try await Harness.run { sim in
            let answer = try await sim.send(
                #"{"messaging_product":"whatsapp","status":"read","message_id":"wamid.x","typing_indicator":{"type":"text"}}"#
            )
            #expect(try answer.json == ["success": true])
            #expect(try await sim.call(.GET, "/simulator/messages").json["last"] == 0)
        }
    }

    @Test func foreignPagesAndFormsAreKeptOut() async throws {
        try await Harness.run { sim in
            let foreign = try await sim.call(
                .DELETE, "/simulator/log", headers: ["origin": "https://evil.example"])
            #expect(foreign.status == 403)
            let own = try await sim.call(
                .DELETE, "/simulator/log", headers: ["origin": "http://127.0.0.1:\(sim.port)"])
            #expect(own.status == 200)
            let form = try await sim.call(
                .POST, "/simulator/faults", #"{"respond":{"code":190}}"#, headers: ["content-type": "text/plain"])
            #expect(form.status == 415)
        }
    }
}
