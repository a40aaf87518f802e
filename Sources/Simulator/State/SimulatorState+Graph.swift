import JSONCoding

/// What the Graph API does with one request.
struct GraphVerdict: Sendable {
    enum Answer: Sendable {
        case success(JSONValue)
        case error(GraphError)
        /// Not Meta's own answer but that of something in between.
        case raw(status: Int, body: String, retryAfter: Int64?)
        /// The connection is closed without a word.
        case disconnect
    }

    var answer: Answer
    /// Milliseconds before the answer.
    var delay: Int64 = 0
}

extension SimulatorState {
    /// Checks the bearer token.
    func refusal(ofToken token: String?, for number: BusinessNumber?) -> GraphError? {
        guard let expected = number?.accessToken ?? accessToken else { return nil }
        guard let token else { return .missingToken }
        return token == expected ? nil : .badToken
    }

    /// A valid request to a known number.
    mutating func handle(_ request: SendRequest, to number: BusinessNumber, at moment: Moment) -> GraphVerdict {
        switch request {
        case .read(let messageID, let typing):
            let fault = faults.strike(.read, numberID: number.id, message: nil)
            if let verdict = refusal(fault, number: number, message: nil, at: moment) { return verdict }
            totals.readReceipts += 1
            note(.businessRead(messageID: messageID, typing: typing), at: moment)
            return verdict(.success(["success": true]), fault)
        case .message(let message):
            let fault = faults.strike(.message, numberID: number.id, message: message)
            if let verdict = refusal(fault, number: number, message: message, at: moment) { return verdict }
            let wamid = accept(message, number: number, fault: fault, at: moment)
            var contact: JSONObject = ["input": .string(message.input)]
            contact.append(message.isScopedUser ? "user_id" : "wa_id", .string(message.customer))
            return verdict(
                .success([
                    "messaging_product": "whatsapp", "contacts": [.object(contact)],
                    "messages": [["id": .string(wamid)]],
                ]), fault)
        }
    }

    /// Logs a refused request; gives its error back.
    mutating func reject(
        _ error: GraphError, numberID: String, message: OutgoingMessage? = nil, at moment: Moment
    ) -> GraphVerdict {
        let rejected = RejectedSend(
            at: moment.wall, numberID: numberID, to: message?.customer, opaqueData: message?.opaqueData, error: error)
        totals.rejected += 1
        rejections.append(rejected)
        note(.rejected(rejected), at: moment)
        return GraphVerdict(answer: .error(error))
    }

    private mutating func refusal(
        _ fault: Fault.Response?, number: BusinessNumber, message: OutgoingMessage?, at moment: Moment
    ) -> GraphVerdict? {
        guard let fault else { return nil }
        if fault.dropRequest { return GraphVerdict(answer: .disconnect, delay: fault.delay) }
        guard let error = fault.error else { return nil }
        var verdict = reject(error, numberID: number.id, message: message, at: moment)
        verdict.delay = fault.delay
        if let raw = fault.raw {
            verdict.answer = .raw(status: error.status, body: raw, retryAfter: error.retryAfter)
        }
        return verdict
    }

    private func verdict(_ answer: GraphVerdict.Answer, _ fault: Fault.Response?) -> GraphVerdict {
        GraphVerdict(answer: fault?.dropResponse == true ? .disconnect : answer, delay: fault?.delay ?? 0)
    }

    private mutating func accept(
        _ message: OutgoingMessage, number: BusinessNumber, fault: Fault.Response?, at moment: Moment
    ) -> String {
        let wamid = wamids.next(.outbound, customer: message.customer)
        let send = AcceptedSend(at: moment.wall, numberID: number.id, wamid: wamid, message: message)
        totals.accepted += 1
        sends.append(weight: message.weight, send)
        note(.businessWrote(send), at: moment)
        if fault?.muteStatuses != true { planStatuses(of: send, failure: fault?.failure, at: moment) }
        return wamid
    }

    private mutating func planStatuses(of send: AcceptedSend, failure: StatusEvent.Failure?, at moment: Moment) {
        guard send.message.type != "reaction" else { return }
        var steps: [(step: StatusEvent.Step, after: Int64)] = []
        if let after = settings.sentAfter { steps.append((.sent, after)) }
        if failure != nil {
            steps.append((.failed, settings.deliveredAfter ?? 0))
        } else {
            if let after = settings.deliveredAfter { steps.append((.delivered, after)) }
            if let after = settings.readAfter { steps.append((.read, after)) }
        }
        // Out of order: the times stay, the steps change places. The timestamps tell the truth all the same.
        var dues = steps.map(\.after)
        if random.happens(with: settings.reorderStatuses) { dues.reverse() }
        for (index, (step, after)) in steps.enumerated() {
            let status = StatusEvent(
                numberID: send.numberID, messageID: send.wamid, step: step, timestamp: (moment.wall + after) / 1000,
                customer: send.message.customer, isScopedUser: send.message.isScopedUser,
                opaqueData: send.message.opaqueData, failure: step == .failed ? failure : nil)
            plan(status, due: moment.uptime + dues[index])
            if random.happens(with: settings.duplicateStatuses) { plan(status, due: moment.uptime + dues[index] + 1) }
        }
    }

    /// Puts a status on its way.
    mutating func plan(_ status: StatusEvent, due: Int64) {
        if schedule.pending < SimulatorLimits.webhooksPending {
            schedule.add(status, due: due)
        } else {
            totals.statusesDropped += 1
        }
    }
}
