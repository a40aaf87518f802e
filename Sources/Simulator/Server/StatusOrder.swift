import JSONCoding

/// What `POST /simulator/statuses` asks for.
struct StatusOrder: Sendable {
    var numberID: String?
    var messageID: String
    var step: StatusEvent.Step
    var customer: String
    var opaqueData: String?
    var age: Int64
    var failure: StatusEvent.Failure?

    init?(reading reader: JSONReader) {
        let read = reader.object { object -> StatusOrder? in
            let numberID = object.optional("phoneNumberId") { $0.identifier() }
            let messageID = object.required("id") { $0.string(1...512) }
            let step = object.required("status") { $0.oneOf(StatusEvent.Step.self) }
            let customer = object.required("to") { reader in
                reader.string(1...150, that: "be a phone number or a business-scoped user id") {
                    SendReader.digits(of: $0) != nil || SendReader.isScopedUser($0)
                }
            }
            let opaqueData = object.optional("opaqueData") { $0.string(0...512) }
            let age = object.optional("ageSeconds", default: 0) { $0.integer(in: 0...604_800) }
            let failure = object.optional("error") { $0.object(FaultRequest.failure) }
            guard let messageID, let step, let customer, let age else { return nil }
            return StatusOrder(
                numberID: numberID, messageID: messageID, step: step,
                customer: SendReader.digits(of: customer) ?? customer, opaqueData: opaqueData, age: age,
                failure: failure)
        }
        guard let read else { return nil }
        self = read
    }

    private init(
        numberID: String?, messageID: String, step: StatusEvent.Step, customer: String, opaqueData: String?,
        age: Int64, failure: StatusEvent.Failure?
    ) {
        self.numberID = numberID
        self.messageID = messageID
        self.step = step
        self.customer = customer
        self.opaqueData = opaqueData
        self.age = age
        self.failure = failure
    }

    func event(numberID: String, at moment: Moment) -> StatusEvent {
        StatusEvent(
            numberID: numberID, messageID: messageID, step: step, timestamp: moment.wall / 1000 - age,
            customer: customer, isScopedUser: SendReader.isScopedUser(customer), opaqueData: opaqueData,
            failure: failure)
    }
}
