import Domain
import JSONCoding
import Support
import Testing

@testable import Channels

@Suite struct GraphProbeTests {
    private static let number = HTTPOutcome.answer(
        200, #"{"id":"106","display_phone_number":"+1 555","verified_name":"Acme","quality_rating":"GREEN"}"#)
    private static let account = HTTPOutcome.answer(200, #"{"data":[{"id":"105"},{"id":"106"}]}"#)
    private static let apps = HTTPOutcome.answer(200, #"{"data":[{"id":"1"}]}"#)
    private let secrets = ["accessToken": "T0KEN", "appSecret": "S", "webhookVerifyToken": "V"]

    private func channel(_ type: ChannelType = .whatsapp, _ config: JSONObject? = nil) -> Channel {
        Channel(
            id: "c", tenantID: "t", type: type, name: nil,
            config: config ?? ["phoneNumberId": "106", "businessAccountId": "7"], enabled: true, revision: 1,
            createdAt: Sample.start, updatedAt: Sample.start)
    }

    /// The checks as `name ok: detail`, and what was asked.
    private func probe(
        _ answers: [HTTPOutcome], _ channel: Channel, _ secrets: [String: String]
    ) async -> (lines: [String], calls: [HTTPCall]) {
        let transport = ScriptedTransport(answers)
        let probe = GraphProbe(
            defaults: ChannelDefaults(graphURL: "http://127.0.0.1:9/"), transport: transport,
            clock: ManualClock(Sample.start))
        let checks = await probe.check(channel, secrets: secrets)
        return (checks.map { "\($0.name) \($0.ok): \($0.detail)" }, transport.calls)
    }

    /// The checks that ask Meta: of the number, the account and the subscription.
    private func asked(_ answers: HTTPOutcome...) async -> [String] {
        Array(await probe(answers, channel(), secrets).lines.dropFirst(4))
    }

    @Test func everythingInOrder() async {
        let (lines, calls) = await probe([Self.number, Self.account, Self.apps], channel(), secrets)
        #expect(
            lines == [
                "accessToken true: is set", "appSecret true: is set", "webhookVerifyToken true: is set",
                "graphVersion true: v26.0", "phoneNumber true: +1 555, Acme, GREEN",
                "businessAccount true: holds the number", "webhookSubscription true: 1 subscribed",
            ])
        #expect(
            calls.map(\.url) == [
                "http://127.0.0.1:9/v26.0/106?fields=id,display_phone_number,verified_name,quality_rating",
                "http://127.0.0.1:9/v26.0/7/phone_numbers?fields=id&limit=200",
                "http://127.0.0.1:9/v26.0/7/subscribed_apps",
            ])
        for call in calls {
            #expect(call.method == "GET" && call.body.isEmpty && call.timeoutMilliseconds == 10_000)
            #expect(call.headers.map { "\($0.0): \($0.1)" } == ["authorization: Bearer T0KEN"])
        }
    }

    @Test func aPlatformThatIsGoneOrSlow() async {
        #expect(
            await asked(.notSent("refused"), .noAnswer("timed out"), .notSent("no host")) == [
                "phoneNumber false: the Graph API did not answer: refused",
                "businessAccount false: the Graph API did not answer: timed out",
                "webhookSubscription false: the Graph API did not answer: no host",
            ])
    }

    @Test func aPlatformThatTalksNonsense() async {
        #expect(
            await asked(.answer(502, "<html>"), .answer(200, "[]"), .answer(200, #"{"data":{"id":5}}"#)) == [
                "phoneNumber false: the Graph API answered 502 and no JSON",
                "businessAccount false: does not hold the number 106",
                "webhookSubscription false: no app is subscribed: no webhook will come",
            ])
        #expect(
            await asked(.answer(200, #"{"id":"other"}"#), .answer(500, "{}"), .answer(200, "")).map { $0.prefix(40) }
                == [
                    "phoneNumber false: ", "businessAccount false: the Graph API ans",
                    "webhookSubscription false: the Graph API",
                ])
    }

    @Test func refusalsAreToldWithoutTheToken() async {
        let echo = HTTPOutcome.answer(
            401, #"{"error":{"message":"Malformed access token T0KEN, T0KEN!","code":190}}"#)
        #expect(
            await asked(echo, .error(400, 100), .answer(400, #"{"error":{}}"#)) == [
                "phoneNumber false: code 190: Malformed access token [token], [token]!",
                "businessAccount false: code 100: (#100) M", "webhookSubscription false: no text",
            ])
    }

    @Test func withoutATokenNobodyIsAsked() async {
        let config: JSONObject = ["phoneNumberId": "106", "businessAccountId": "7", "graphVersion": "v17.0"]
        let (lines, calls) = await probe([], channel(.whatsapp, config), [:])
        #expect(calls.isEmpty)
        #expect(
            lines.map { $0.prefix { $0 != ":" } } == [
                "accessToken false", "appSecret false", "webhookVerifyToken false", "graphVersion false",
            ])
    }

    @Test func theOtherChannels() async {
        let page = channel(.messenger, ["pageId": "9", "verifyToken": "v"])
        let (lines, calls) = await probe(
            [.answer(200, #"{"id":"9","name":"Acme"}"#), Self.apps], page, ["pageAccessToken": "P", "appSecret": "S"])
        #expect(lines.allSatisfy { $0.contains(" true: ") } && lines.count == 6, "\(lines)")
        #expect(
            calls.map(\.url) == [
                "http://127.0.0.1:9/v26.0/9?fields=id,name", "http://127.0.0.1:9/v26.0/9/subscribed_apps",
            ])
        #expect(await probe([], channel(.webchat, [:]), [:]).lines == ["config true: the chat is switched on"])
        #expect(
            await probe([], channel(.webchat, ["enabled": false]), [:]).lines == [
                "config false: config.enabled is false"
            ])
        #expect(
            await probe([], channel(.whatsapp, [:]), [:]).lines.first?.hasPrefix("config false: is not valid") == true)
    }
}
