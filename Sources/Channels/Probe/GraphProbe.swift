package import Domain
import JSONCoding

/// Checks channels against the live Graph API, by reading alone.
package struct GraphProbe: ChannelProbe {
    private let defaults: ChannelDefaults
    private let transport: any HTTPTransport
    private let clock: any WallClock
    /// Milliseconds for each question.
    private static let timeout: Int64 = 10_000

    package init(defaults: ChannelDefaults, transport: any HTTPTransport, clock: any WallClock = SystemClock()) {
        self.defaults = defaults
        self.transport = transport
        self.clock = clock
    }

    package func check(_ channel: Channel, secrets: [String: String]) async -> [ChannelCheck] {
        let config: ChannelConfig
        do throws(JSONFaults) {
            config = try JSONReader.read(.object(channel.config)) { ChannelConfig.read(channel.type, $0) }
        } catch {
            return [ChannelCheck("config", false, "is not valid: \(error)")]
        }
        switch config {
        case .whatsapp(let config): return await check(config, secrets)
        case .messenger(let config): return await check(config, secrets)
        case .webchat(let config):
            return [
                ChannelCheck(
                    "config", config.enabled, config.enabled ? "the chat is switched on" : "config.enabled is false")
            ]
        }
    }

    private func check(_ config: WhatsAppConfig, _ secrets: [String: String]) async -> [ChannelCheck] {
        let token = secrets["accessToken"] ?? defaults.whatsapp.accessToken
        let verifyToken = secrets["webhookVerifyToken"] ?? config.webhookVerifyToken ?? defaults.whatsapp.verifyToken
        let hasSecret = secrets["appSecret"] != nil || defaults.whatsapp.appSecret != nil
        let version = config.graphVersion ?? defaults.graphVersion
        var checks = [
            presence("accessToken", token != nil), presence("appSecret", hasSecret),
            presence("webhookVerifyToken", verifyToken != nil), lifetime(of: version),
        ]
        guard let token else { return checks }
        let graph = Graph(base: "\(defaults.graphURL)/\(version)/", token: token, transport: transport)
        checks.append(
            await graph.ask(
                "phoneNumber", "\(config.phoneNumberID)?fields=id,display_phone_number,verified_name,quality_rating"
            ) { answer in
                let words = ["display_phone_number", "verified_name", "quality_rating"].compactMap {
                    answer[$0]?.string
                }
                return (answer["id"]?.string == config.phoneNumberID, words.joined(separator: ", "))
            })
        checks.append(
            await graph.ask("businessAccount", "\(config.businessAccountID)/phone_numbers?fields=id&limit=200") {
                answer in
                let numbers = answer["data"]?.array?.compactMap { $0["id"]?.string } ?? []
                let isThere = numbers.contains(config.phoneNumberID)
                return (
                    isThere, isThere ? "holds the number" : "does not hold the number \(config.phoneNumberID)"
                )
            })
        checks.append(await graph.subscription("\(config.businessAccountID)/subscribed_apps"))
        return checks
    }

    private func check(_ config: MessengerConfig, _ secrets: [String: String]) async -> [ChannelCheck] {
        let token = secrets["pageAccessToken"]
        let version = config.graphVersion ?? defaults.graphVersion
        var checks = [
            presence("pageAccessToken", token != nil), presence("appSecret", secrets["appSecret"] != nil),
            presence("verifyToken", secrets["verifyToken"] != nil || config.verifyToken != nil), lifetime(of: version),
        ]
        guard let token else { return checks }
        let graph = Graph(base: "\(defaults.graphURL)/\(version)/", token: token, transport: transport)
        checks.append(
            await graph.ask("page", "\(config.pageID)?fields=id,name") { answer in
                (answer["id"]?.string == config.pageID, answer["name"]?.string ?? "")
            })
        checks.append(await graph.subscription("\(config.pageID)/subscribed_apps"))
        return checks
    }

    private func presence(_ name: String, _ isThere: Bool) -> ChannelCheck {
        ChannelCheck(name, isThere, isThere ? "is set" : "is set neither for the channel nor in the environment")
    }

    private func lifetime(of version: String) -> ChannelCheck {
        let expired = GraphVersion.hasExpired(version, at: clock.now())
        return ChannelCheck("graphVersion", !expired, expired ? "\(version) has expired" : "\(version)")
    }

    /// Questions to one version of the Graph API with one token.
    private struct Graph {
        let base: String
        let token: String
        let transport: any HTTPTransport

        func ask(
            _ name: String, _ path: String, _ judge: (JSONValue) -> (ok: Bool, detail: String)
        ) async -> ChannelCheck {
            let call = HTTPCall(
                method: "GET", url: base + path, headers: [("authorization", "Bearer \(token)")], body: [],
                timeoutMilliseconds: GraphProbe.timeout)
            switch await transport.perform(call) {
            case .notSent(let why), .noAnswer(let why):
                return ChannelCheck(name, false, "the Graph API did not answer: \(why)")
            case .response(let status, _, let body):
                let answer: JSONValue
                do {
                    answer = try JSONValue.parse(body)
                } catch {
                    return ChannelCheck(name, false, "the Graph API answered \(status) and no JSON")
                }
                if let error = answer["error"] {
                    let code = error["code"]?.integer.map { "code \($0): " } ?? ""
                    return ChannelCheck(name, false, "\(code)\(shown(error["message"]?.string ?? "no text"))")
                }
                guard (200..<300).contains(status) else {
                    return ChannelCheck(name, false, "the Graph API answered \(status)")
                }
                let (ok, detail) = judge(answer)
                return ChannelCheck(name, ok, shown(detail))
            }
        }

        func subscription(_ path: String) async -> ChannelCheck {
            await ask("webhookSubscription", path) { answer in
                let count = answer["data"]?.array?.count ?? 0
                return (count > 0, count > 0 ? "\(count) subscribed" : "no app is subscribed: no webhook will come")
            }
        }

        /// Meta repeats a malformed token in its message.
        private func shown(_ text: String) -> String {
            var shown = ""
            var rest = Substring(text)
            while let range = rest.firstRange(of: token) {
                shown += rest[..<range.lowerBound] + "[token]"
                rest = rest[range.upperBound...]
            }
            return String((shown + rest).unicodeScalars.prefix(500).map(Character.init))
        }
    }
}
