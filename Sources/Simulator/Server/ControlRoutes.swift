import HTTPTypes
import Hummingbird
import JSONCoding
import Sealing

/// What tests and the page use to play customers and disturb the platform.
struct ControlRoutes: Sendable {
    let core: SimulatorCore
    /// Signs for numbers without a secret of their own.
    let key: HMACKey?
    let verifier: WebhookVerifier

    func add(to router: Router<SimulatorContext>) {
        router.get("health") { _, _ in Response.json(["status": "ok"]) }
        let group = router.group("simulator")
        group.get("state") { _, _ in state() }
        group.patch("settings") { request, _ in try await patchSettings(request) }
        group.put("numbers/:number") { request, context in try await putNumber(request, context) }
        group.delete("numbers/:number") { _, context in try deleteNumber(context) }
        group.post("customers/:customer/messages") { request, context in try await write(request, context) }
        group.post("statuses") { request, _ in try await status(request) }
        group.post("verify") { request, _ in try await verify(request) }
        group.get("faults") { _, _ in faults() }
        group.post("faults") { request, _ in try await addFault(request) }
        group.delete("faults") { _, _ in clearFaults() }
        group.delete("faults/:fault") { _, context in try removeFault(context) }
        LogRoutes(core: core).add(to: group)
    }

    private func state() -> Response {
        core.read { state in
            .json([
                "numbers": .array(
                    state.numberIDs.compactMap { state.numbers[$0] }.map { number in
                        [
                            "id": .string(number.id), "displayPhoneNumber": .string(number.displayNumber),
                            "businessAccountId": .string(number.businessAccountID), "name": .string(number.name),
                            "webhookUrl": JSONValue(state.webhookURL(of: number)),
                        ]
                    }),
                "settings": state.settingsJSON,
                "totals": state.totals.json(pending: state.schedule.pending),
            ])
        }
    }

    private func patchSettings(_ request: Request) async throws -> Response {
        let patch = try await request.json(SettingsPatch.init(reading:))
        return core.change { state in
            patch.apply(to: &state)
            return .json(state.settingsJSON)
        }
    }

    private func putNumber(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        let id = try context.parameters.require("number")
        do { _ = try JSONReader.read(.string(id), at: "/id") { $0.identifier() } } catch { throw ControlError(error) }
        let number = try await request.json { reader in
            reader.object { object -> BusinessNumber? in
                BusinessNumber(
                    id: id,
                    displayNumber: object.optional("displayPhoneNumber") { $0.string(1...40) },
                    businessAccountID: object.optional("businessAccountId") { $0.identifier() },
                    name: object.optional("name") { $0.string(1...200) },
                    webhookURL: object.optional("webhookUrl", SendContent.link),
                    appSecret: object.optional("appSecret") { $0.string(1...256) },
                    accessToken: object.optional("accessToken") { $0.string(1...1024) },
                    verifyToken: object.optional("verifyToken") { $0.string(1...256) })
            }
        }
        guard core.change({ $0.put(number) }) else {
            throw ControlError(.tooManyRequests, "there are \(SimulatorLimits.numbers) numbers already")
        }
        return .json(["id": .string(id)])
    }

    private func deleteNumber(_ context: SimulatorContext) throws -> Response {
        let id = try context.parameters.require("number")
        guard core.change({ $0.removeNumber(id) }) else { throw ControlError(.notFound, "no such number") }
        return .json(["id": .string(id)])
    }

    private func write(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        let name = try context.parameters.require("customer")
        let order = try await request.json(CustomerRequest.init(reading:))
        let customer = try customer(named: name, order)
        let number = try number(order.numberID)
        if order.post, core.read({ $0.webhookURL(of: number) }) == nil {
            throw ControlError(.conflict, "number \(number.id) has no webhook URL")
        }
        guard !order.post || core.read({ $0.hasRoom(for: order) }) else {
            throw ControlError(.tooManyRequests, "too many webhooks are pending")
        }
        let planned = core.change { $0.write(order, from: customer, to: number, at: .now) }
        var result: JSONObject = ["messages": .array(planned.messageIDs.map { ["id": .string($0)] })]
        if !order.post {
            let key = number.appSecret.map { HMACKey($0) } ?? key
            result.append(
                "webhooks",
                .array(
                    planned.bodies.map { body in
                        [
                            "body": .string(String(decoding: body, as: UTF8.self)),
                            "signature": JSONValue(key.map { WebhookSignature.header(for: body, key: $0) }),
                        ]
                    }))
            return .json(.object(result))
        }
        guard order.wait else {
            result.append("webhooks", .array(planned.webhooks.map { ["id": JSONValue($0)] }))
            return .json(.object(result), status: .accepted)
        }
        let webhooks = planned.webhooks
        defer { core.take { state in for id in webhooks { state.awaited[id] = nil } } }
        let settled = try await core.wait(atMost: .milliseconds(order.timeout)) { state in
            webhooks.allSatisfy { state.awaited[$0].flatMap(\.self) != nil } ? true : nil
        }
        let outcomes = core.read { state in
            webhooks.map { id -> JSONValue in
                let attempt = state.awaited[id].flatMap(\.self)
                guard let attempt else { return ["id": JSONValue(id), "outcome": "pending"] }
                var object = attempt.json(number: 0, withBody: false).object ?? [:]
                object["number"] = nil
                object["webhook"] = nil
                object["id"] = JSONValue(id)
                return .object(object)
            }
        }
        result.append("webhooks", .array(outcomes))
        return .json(.object(result), status: settled == nil ? .gatewayTimeout : .ok)
    }

    private func customer(named name: String, _ order: CustomerRequest) throws -> Customer {
        if let phone = SendReader.digits(of: name) {
            return Customer(
                phone: phone, userID: order.userID ?? Customer.scopedID(forPhone: phone),
                name: order.name ?? "+\(phone)", username: order.username)
        }
        guard SendReader.isScopedUser(name) else {
            throw ControlError(.badRequest, "a customer is a phone number or a business-scoped user id")
        }
        return Customer(phone: nil, userID: name, name: order.name ?? name, username: order.username)
    }

    private func number(_ id: String?) throws -> BusinessNumber {
        let number = core.read { state in (id ?? state.numberIDs.first).flatMap(state.number) }
        guard let number else {
            throw id == nil
                ? ControlError(.badRequest, "phoneNumberId is needed: the simulator has no number of its own")
                : ControlError(.notFound, "no such phone number id")
        }
        return number
    }

    /// A status that a test makes up, for a message of the log or any other.
    private func status(_ request: Request) async throws -> Response {
        let order = try await request.json(StatusOrder.init(reading:))
        let number = try number(order.numberID)
        let moment = Moment.now
        core.change { state in state.plan(order.event(numberID: number.id, at: moment), due: moment.uptime) }
        return .json(["status": "planned"], status: .accepted)
    }

    private func verify(_ request: Request) async throws -> Response {
        let id = try await request.json { reader in
            reader.object { object -> String?? in .some(object.optional("phoneNumberId") { $0.identifier() }) }
        }
        let number = try number(id)
        guard let url = core.read({ $0.webhookURL(of: number) }) else {
            throw ControlError(.conflict, "number \(number.id) has no webhook URL")
        }
        // The one that has the first turn answers for all.
        let first = url.split(separator: ",").first.map(String.init) ?? url
        return .json(await verifier.verify(first, token: number.verifyToken))
    }

    private func faults() -> Response { .json(["items": .array(core.read { $0.faults.faults.map(\.json) })]) }

    private func addFault(_ request: Request) async throws -> Response {
        let order = try await request.json(FaultRequest.init(reading:))
        let id = core.change { $0.faults.add(order.match, order.response, times: order.times) }
        guard let id else {
            throw ControlError(.tooManyRequests, "there are \(SimulatorLimits.faults) faults already")
        }
        return .json(["id": JSONValue(id)], status: .created)
    }

    private func clearFaults() -> Response {
        core.change { $0.faults.removeAll() }
        return .json(["items": []])
    }

    private func removeFault(_ context: SimulatorContext) throws -> Response {
        let id = try context.parameters.require("fault", as: Int.self)
        guard core.change({ $0.faults.remove(id: id) }) else { throw ControlError(.notFound, "no such fault") }
        return .json(["id": JSONValue(id)])
    }
}
