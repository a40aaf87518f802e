import JSONCoding
import Synchronization

/// A message that the simulated platform took from the business.
struct Sent: Sendable, Hashable {
    let to: String
    let text: String
    let number: String
    let wamid: String
    /// Our id of the message, as it came in `biz_opaque_callback_data`.
    let messageID: String?
}

/// What has been fetched of the simulator's list.
private final class SentLog: Sendable {
    private let state = Mutex((all: [Sent](), next: Int64(0)))

    var all: [Sent] { state.withLock { $0.all } }
    var next: Int64 { state.withLock { $0.next } }

    /// Nothing where somebody else has fetched the same meanwhile.
    func append(_ items: [Sent], after: Int64, next: Int64) {
        state.withLock { state in
            guard state.next == after else { return }
            state.all += items
            state.next = next
        }
    }
}

/// Orders to `metachat simulate`.
struct SimulatorClient: Sendable {
    let url: String
    private let log = SentLog()

    init(url: String) { self.url = url }

    /// Makes a shop's number known, with its secrets; webhooks go to this node.
    func put(_ shop: Shop, webhooksTo node: String) async throws {
        try await order(
            "PUT", "/simulator/numbers/\(shop.number)",
            [
                "webhookUrl": .string("\(node)/api/integrations/whatsapp/\(shop.id)"),
                "appSecret": .string(shop.appSecret), "accessToken": .string(shop.accessToken),
                "verifyToken": .string(shop.verifyToken),
            ])
    }

    /// A customer writes.
    @discardableResult
    func write(_ shop: Shop, from phone: String, _ text: String, wait: Bool = true) async throws -> JSONValue {
        try await order(
            "POST", "/simulator/customers/\(phone)/messages",
            ["phoneNumberId": .string(shop.number), "text": .string(text), "wait": .bool(wait)])
    }

    /// How the platform is to answer from now on; see the simulator's help.
    @discardableResult
    func fault(_ match: JSONObject, respond: JSONObject) async throws -> Int64 {
        let answer = try await order(
            "POST", "/simulator/faults", ["match": .object(match), "respond": .object(respond)])
        return try answer.member("id").integer ?? 0
    }

    func clearFaults() async throws { try await order("DELETE", "/simulator/faults", [:]) }

    func settings(_ patch: JSONObject) async throws { try await order("PATCH", "/simulator/settings", patch) }

    /// Everything that the platform took so far, oldest first. Only what is new is fetched.
    func sent() async throws -> [Sent] {
        while true {
            let after = log.next
            let page = try await get("/simulator/messages?after=\(after)&limit=5000")
            let items = try (page.member("items").array ?? []).map { item in
                Sent(
                    to: try item.member("to").string ?? "", text: try item.member("text").string ?? "",
                    number: try item.member("phoneNumberId").string ?? "",
                    wamid: try item.member("wamid").string ?? "", messageID: item["opaqueData"]?.string)
            }
            if items.isEmpty { return log.all }
            log.append(items, after: after, next: try page.member("next").integer ?? after)
        }
    }

    /// What one customer of a shop got.
    func sent(to phone: String, by shop: Shop) async throws -> [Sent] {
        try await sent().filter { $0.to == phone && $0.number == shop.number }
    }

    /// Counts since its start.
    func totals() async throws -> JSONValue { try await get("/simulator/state").member("totals") }

    private func get(_ path: String) async throws -> JSONValue {
        let reply = try await HTTP.get(url + path)
        guard reply.status == 200 else { throw InVain(description: "GET \(path): \(reply.status) \(reply.text)") }
        return try reply.json()
    }

    @discardableResult
    private func order(_ method: String, _ path: String, _ body: JSONObject) async throws -> JSONValue {
        let reply = try await HTTP.send(
            method, url + path, headers: [("content-type", "application/json")],
            body: JSONValue.object(body).serialized(), within: .seconds(120))
        guard (200..<300).contains(reply.status) else {
            throw InVain(description: "\(method) \(path): \(reply.status) \(reply.text)")
        }
        return try reply.json()
    }
}
