import Domain
import JSONCoding
import Synchronization
import Testing

@testable import Channels

/// Answers calls with what a test has laid out, in order; beyond that with success.
final class ScriptedTransport: HTTPTransport {
    private let state: Mutex<(answers: [HTTPOutcome], calls: [HTTPCall])>

    init(_ answers: [HTTPOutcome] = []) { state = Mutex((answers, [])) }

    var calls: [HTTPCall] { state.withLock { $0.calls } }

    func perform(_ call: HTTPCall) async -> HTTPOutcome {
        state.withLock { state in
            state.calls.append(call)
            return state.answers.isEmpty ? .accepted("wamid.\(state.calls.count)") : state.answers.removeFirst()
        }
    }
}

extension HTTPOutcome {
    static func accepted(_ id: String) -> HTTPOutcome {
        .answer(200, #"{"messaging_product":"whatsapp","messages":[{"id":"\#(id)"}]}"#)
    }

    static func answer(_ status: Int, _ body: String, _ headers: [(String, String)] = []) -> HTTPOutcome {
        .response(status: status, headers: headers, body: Array(body.utf8))
    }

    static func error(_ status: Int, _ code: Int, _ headers: [(String, String)] = []) -> HTTPOutcome {
        .answer(status, #"{"error":{"message":"(#\#(code)) M","code":\#(code),"error_data":{"details":"D"}}}"#, headers)
    }
}

@Suite struct AdapterTests {
    private func adapter(token: String? = "T0KEN", version: String? = nil) -> WhatsAppAdapter {
        let config = WhatsAppConfig(
            phoneNumberID: "106", businessAccountID: "2", graphVersion: version, messagesPerSecond: 0.5)
        let secrets = ChannelSecrets(token.map { ["accessToken": .init($0)] } ?? [:])
        let defaults = ChannelDefaults(graphURL: "http://127.0.0.1:9/base/", sendTimeoutMilliseconds: 1234)
        return WhatsAppAdapter(
            config: config, credentials: .init(config: config, secrets: secrets, defaults: .init()), defaults: defaults)
    }

    private let text = outbound(.text, MessageContent(text: "Hi"))
    private let long = outbound(.text, MessageContent(text: String(repeating: "word ", count: 2000)))

    private func send(_ answer: HTTPOutcome, _ message: NormalizedMessage? = nil, partsSent: Int = 0) async
        -> SendResult
    {
        await adapter().send(message ?? text, partsSent: partsSent, through: ScriptedTransport([answer]))
    }

    @Test func theCall() async throws {
        let transport = ScriptedTransport()
        let adapter = adapter()
        #expect(await adapter.send(text, partsSent: 0, through: transport) == .accepted(externalID: "wamid.1"))
        let call = try #require(transport.calls.first)
        #expect(call.method == "POST" && call.url == "http://127.0.0.1:9/base/v26.0/106/messages")
        #expect(call.headers.contains { $0 == ("authorization", "Bearer T0KEN") })
        #expect(call.headers.contains { $0 == ("content-type", "application/json") })
        #expect(call.timeoutMilliseconds == 1234)
        #expect(try JSONValue.parse(call.body)["text"] == ["body": "Hi"])
        #expect(adapter.pairPace == .whatsapp)
        #expect(adapter.pacing?.key == "whatsapp:106" && adapter.pacing?.ratePerSecond == 0.5)
    }

    @Test func theChannelsVersionWins() async {
        let transport = ScriptedTransport()
        _ = await adapter(version: "v24.0").send(text, partsSent: 0, through: transport)
        #expect(transport.calls.first?.url.contains("/v24.0/") == true)
    }

    @Test func withoutATokenTheChannelPausesAndNothingIsSent() async {
        let transport = ScriptedTransport()
        let result = await adapter(token: nil).send(text, partsSent: 0, through: transport)
        #expect(result == .pause(reason: "access_token_missing", code: nil, text: nil, partsSent: 0))
        #expect(transport.calls.isEmpty)
    }

    @Test(arguments: [4, 613, 1200, 80006, 80007, 130429, 131057])
    func slowDown(_ code: Int) async {
        let retry = SendResult.Retry(
            reason: "(#\(code)) M: D", code: Int64(code), afterMilliseconds: nil, countsAsAttempt: false)
        #expect(await send(.error(400, code)) == .retry(retry, partsSent: 0))
    }

    @Test(arguments: [
        (190, "access_token_invalid"), (368, "temporarily_blocked"), (131031, "account_locked"),
        (131042, "payment_issue"), (131048, "spam_rate_limit"), (3, "permission_missing"), (10, "permission_missing"),
        (200, "permission_missing"), (299, "permission_missing"),
    ])
    func pauses(_ code: Int, _ reason: String) async {
        #expect(
            await send(.error(code == 131048 ? 429 : 400, code))
                == .pause(reason: reason, code: Int64(code), text: "(#\(code)) M: D", partsSent: 0))
    }

    @Test(arguments: [
        (131047, "window_closed"), (131026, "undeliverable"), (131049, "undeliverable"), (100, "rejected"),
        (131051, "rejected"), (199, "rejected"), (300, "rejected"),
    ])
    func fails(_ code: Int, _ reason: String) async {
        #expect(
            await send(.error(400, code)) == .failed(reason: reason, code: Int64(code), text: "(#\(code)) M: D"))
    }

    @Test(arguments: [(400, 1), (400, 2), (500, 131000), (503, 7)])
    func theirFaultsCount(_ status: Int, _ code: Int) async {
        let retry = SendResult.Retry(
            reason: "(#\(code)) M: D", code: Int64(code), afterMilliseconds: nil, countsAsAttempt: true)
        #expect(await send(.error(status, code)) == .retry(retry, partsSent: 0))
    }

    @Test func metasCodeOutranksTheStatus() async {
        guard case .failed("window_closed", 131047, _) = await send(.error(500, 131047)),
            case .pause("access_token_invalid", 190, _, 0) = await send(.error(503, 190)),
            case .retry(let retry, 0) = await send(.error(200, 130429)), !retry.countsAsAttempt
        else {
            Issue.record("a code did not decide")
            return
        }
    }

    @Test(arguments: [
        (429, "", false), (500, "<html>", true), (502, "{}", true), (599, #"{"error":"x"}"#, true),
        (503, #"{"error":{}}"#, true),
    ])
    func statusesWithoutACode(_ status: Int, _ body: String, _ counts: Bool) async {
        guard case .retry(let retry, 0) = await send(.answer(status, body)) else {
            Issue.record("\(status) is not retried")
            return
        }
        #expect(retry.countsAsAttempt == counts && retry.code == nil)
    }

    @Test(arguments: [(400, "{"), (404, ""), (403, "[]"), (302, ""), (418, #"{"error":null}"#)])
    func otherStatusesAreFinal(_ status: Int, _ body: String) async {
        #expect(
            await send(.answer(status, body)) == .failed(reason: "rejected", code: nil, text: "HTTP status \(status)"))
    }

    @Test(arguments: [("7", 7000), ("0", 0), ("999999", 3_600_000), ("soon", nil), ("-1", nil)] as [(String, Int64?)])
    func retryAfterIsHonoured(_ header: String, _ milliseconds: Int64?) async {
        guard case .retry(let retry, 0) = await send(.error(429, 130429, [("retry-after", header)])) else {
            Issue.record("not retried")
            return
        }
        #expect(retry.afterMilliseconds == milliseconds)
    }

    @Test func thePairLimitWaitsFourToTheN() async {
        let adapter = adapter()
        func wait(_ message: NormalizedMessage) async -> Int64? {
            let transport = ScriptedTransport([.error(400, 131056)])
            guard case .retry(let retry, 0) = await adapter.send(message, partsSent: 0, through: transport) else {
                return nil
            }
            return retry.countsAsAttempt ? nil : retry.afterMilliseconds
        }
        for expected: Int64 in [1000, 4000, 16_000, 64_000, 256_000, 1_024_000, 1_024_000] {
            #expect(await wait(text) == expected)
        }
        #expect(await wait(outbound(.text, MessageContent(text: "x"), to: "4930")) == 1000)
        _ = await adapter.send(text, partsSent: 0, through: ScriptedTransport())
        #expect(await wait(text) == 1000)
    }

    @Test func whatWasNeverSentIsRetriedAndWhatWasNeverAnsweredIsNot() async {
        let retry = SendResult.Retry(
            reason: "refused", code: nil, afterMilliseconds: nil, countsAsAttempt: false)
        #expect(await send(.notSent("refused")) == .retry(retry, partsSent: 0))
        #expect(await send(.noAnswer("timed out")) == .unknown)
        for body in [
            "", "{}", "<html>", #"{"messages":[]}"#, #"{"messages":[{"id":""}]}"#, #"{"messages":[{"id":7}]}"#,
        ] {
            #expect(await send(.answer(200, body)) == .unknown, "\(body)")
        }
    }

    @Test func partsAreCounted() async {
        let failing = ScriptedTransport([.accepted("a"), .accepted("b"), .error(500, 2)])
        guard case .retry(_, let sent) = await adapter().send(long, partsSent: 0, through: failing) else {
            Issue.record("not retried")
            return
        }
        #expect(sent == 2 && failing.calls.count == 3)
        let rest = ScriptedTransport([.accepted("c")])
        #expect(await adapter().send(long, partsSent: sent, through: rest) == .accepted(externalID: "c"))
        #expect(rest.calls.count == 1)
        let none = ScriptedTransport()
        #expect(await adapter().send(long, partsSent: 3, through: none) == .unknown)
        #expect(await adapter().send(long, partsSent: 99, through: none) == .unknown)
        #expect(none.calls.isEmpty)
        guard
            case .pause(_, 190, _, 1) = await adapter().send(
                long, partsSent: 0, through: ScriptedTransport([.accepted("a"), .error(401, 190)]))
        else {
            Issue.record("the pause does not tell the parts")
            return
        }
    }

    @Test func aCancelledTaskSendsNothingMore() async {
        let transport = ScriptedTransport()
        let adapter = adapter()
        let long = long
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await adapter.send(long, partsSent: 1, through: transport)
        }
        guard case .retry(let retry, 1) = await task.value else {
            Issue.record("not retried")
            return
        }
        #expect(!retry.countsAsAttempt && transport.calls.isEmpty)
    }

    @Test func typingRidesOnTheReadReceipt() async throws {
        var inbound = outbound(.text, MessageContent(text: "x"))
        inbound.externalID = "wamid.IN"
        let transport = ScriptedTransport([.answer(200, #"{"success":true}"#), .error(400, 131009)])
        #expect(await adapter().showTyping(answering: inbound, through: transport) == nil)
        #expect(
            try JSONValue.parse(transport.calls[0].body) == [
                "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN",
                "typing_indicator": ["type": "text"],
            ])
        let problem = await adapter().showTyping(answering: inbound, through: transport)
        #expect(problem == "131009 (#131009) M: D")
    }
}
