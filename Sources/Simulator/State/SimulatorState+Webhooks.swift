import JSONCoding

/// A webhook to post now.
struct WebhookPost: Sendable {
    var delivery: Delivery
    var url: String
    var body: [UInt8]
    /// The number's own secret, where it has one.
    var appSecret: String?
    var timeout: Int64
}

extension SimulatorState {
    /// The next webhook to post; nil when nothing is due.
    mutating func nextPost(at moment: Moment) -> WebhookPost? {
        while let delivery = schedule.take(now: moment.uptime, limits: settings) {
            guard let number = number(delivery.numberID), let url = webhookURL(of: number) else {
                noteStatuses(of: delivery, at: moment)
                // Nobody listens there; the webhook has nowhere to go now, nor later.
                var last = delivery
                last.attempt = .max
                let verdict = schedule.finish(last, accepted: false, now: moment.uptime, limits: settings)
                if case .givenUp = verdict, awaited[delivery.id] != nil {
                    awaited[delivery.id] = attempt(
                        delivery, url: "", body: [], answer: .failed("no webhook URL"), elapsed: 0, verdict: verdict,
                        at: moment)
                }
                continue
            }
            noteStatuses(of: delivery, at: moment)
            let body =
                switch delivery.content {
                case .messages(_, _, let body): body
                case .statuses(let statuses): MetaJSON.bytes(WebhookBody.statuses(statuses, of: number))
                }
            // Several URLs share the webhooks as behind a load balancer; a repeated one goes to the next.
            let urls = url.split(separator: ",")
            let turn = (delivery.id + delivery.attempt) % max(urls.count, 1)
            return WebhookPost(
                delivery: delivery, url: urls.isEmpty ? url : String(urls[turn]), body: body,
                appSecret: number.appSecret,
                timeout: settings.webhookTimeout)
        }
        return nil
    }

    private mutating func noteStatuses(of delivery: Delivery, at moment: Moment) {
        guard delivery.attempt == 1, case .statuses(let statuses) = delivery.content else { return }
        for status in statuses { note(.status(status), at: moment) }
    }

    /// The receiver answered, or did not.
    mutating func finished(
        _ post: WebhookPost, answer: WebhookAttempt.Answer, elapsed: Int64, at moment: Moment
    ) {
        let accepted = if case .status(200..<300) = answer { true } else { false }
        let verdict = schedule.finish(post.delivery, accepted: accepted, now: moment.uptime, limits: settings)
        let attempt = attempt(
            post.delivery, url: post.url, body: post.body, answer: answer, elapsed: elapsed, verdict: verdict,
            at: moment)
        totals.webhooksPosted += 1
        if accepted { totals.webhooksTaken += 1 }
        if verdict == .givenUp { totals.webhooksGivenUp += 1 }
        webhooks.append(weight: 300 + post.body.count, attempt)
        // A status that was taken is no news to a person.
        if attempt.kind == "messages" || !accepted { note(.webhook(attempt), at: moment) }
        if case .again = verdict { return }
        if awaited[post.delivery.id] != nil { awaited[post.delivery.id] = attempt }
    }

    private func attempt(
        _ delivery: Delivery, url: String, body: [UInt8], answer: WebhookAttempt.Answer, elapsed: Int64,
        verdict: DeliverySchedule.Verdict, at moment: Moment
    ) -> WebhookAttempt {
        let (kind, ids) =
            switch delivery.content {
            case .messages(let ids, _, _): ("messages", ids)
            case .statuses(let statuses): ("statuses", statuses.map(\.messageID))
            }
        return WebhookAttempt(
            at: moment.wall, delivery: delivery.id, numberID: delivery.numberID, url: url, attempt: delivery.attempt,
            elapsed: elapsed, answer: answer, verdict: verdict, messageIDs: ids, kind: kind, body: body)
    }

    /// What a customer's request came to.
    struct Planned: Sendable {
        var messageIDs: [String]
        var webhooks: [Int]
        /// Each distinct body.
        var bodies: [[UInt8]]
    }

    /// Whether so many more webhooks find room.
    func hasRoom(for request: CustomerRequest) -> Bool {
        schedule.pending + request.messages.count * (1 + request.duplicates) <= SimulatorLimits.webhooksPending
    }

    /// A customer writes.
    mutating func write(
        _ request: CustomerRequest, from customer: Customer, to number: BusinessNumber, at moment: Moment
    ) -> Planned {
        var ids: [String] = []
        var messages: [JSONValue] = []
        for message in request.messages {
            let id = message.id ?? wamids.next(.inbound, customer: customer.key)
            ids.append(id)
            messages.append(json(of: message, id: id, from: customer, to: number, at: moment))
            if request.post {
                totals.customerMessages += 1
                note(.customerWrote(customer, message: message, id: id, numberID: number.id), at: moment)
            }
        }
        if request.reorder {
            ids.reverse()
            messages.reverse()
        }
        let groups = request.batch ? [(ids, messages)] : zip(ids, messages).map { ([$0], [$1]) }
        var planned = Planned(messageIDs: ids, webhooks: [], bodies: [])
        var chain: [Delivery] = []
        for (ids, messages) in groups {
            let body = MetaJSON.bytes(WebhookBody.messages(messages, from: customer, to: number))
            planned.bodies.append(body)
            guard request.post else { continue }
            for copy in 0...request.duplicates {
                let delivery = Delivery(
                    id: schedule.nextID(), numberID: number.id,
                    content: .messages(ids: ids, customer: customer.key, body: body))
                planned.webhooks.append(delivery.id)
                if request.wait { awaited.updateValue(nil, forKey: delivery.id) }
                if copy > 0 || request.parallel {
                    schedule.add(delivery, due: moment.uptime + request.delay)
                } else {
                    chain.append(delivery)
                }
            }
        }
        if var first = chain.first {
            first.successors = Array(chain.dropFirst())
            schedule.add(first, due: moment.uptime + request.delay)
        }
        return planned
    }

    private func json(
        of message: CustomerRequest.Message, id: String, from customer: Customer, to number: BusinessNumber,
        at moment: Moment
    ) -> JSONValue {
        var object: JSONObject = [:]
        if let replyTo = message.replyTo {
            object.append("context", ["from": .string(number.displayNumber), "id": .string(replyTo)])
        }
        object.append("from", customer.phone.map(JSONValue.string))
        object.append("from_user_id", .string(customer.userID))
        object.append("id", .string(id))
        object.append("timestamp", .string(String(moment.wall / 1000 - message.age)))
        object.append("type", .string(message.type))
        for (key, value) in message.members { object[key] = value }
        return .object(object)
    }
}
