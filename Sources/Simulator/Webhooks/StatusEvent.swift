import JSONCoding

/// One step in the life of a message that the business sent.
struct StatusEvent: Sendable, Hashable {
    enum Step: String, Sendable, CaseIterable {
        case sent, delivered, read, played, failed
    }

    struct Failure: Sendable, Hashable {
        var code: Int64
        var title: String
        var details: String?
    }

    var numberID: String
    var messageID: String
    var step: Step
    /// Seconds since 1970.
    var timestamp: Int64
    var customer: String
    var isScopedUser: Bool
    var opaqueData: String?
    var failure: Failure?

    /// The element of `statuses[]`.
    var json: JSONValue {
        var object: JSONObject = [
            "id": .string(messageID), "status": .string(step.rawValue), "timestamp": .string(String(timestamp)),
        ]
        if isScopedUser {
            object.append("recipient_user_id", .string(customer))
        } else {
            object.append("recipient_id", .string(customer))
            object.append("recipient_user_id", .string(Customer.scopedID(forPhone: customer)))
        }
        object.append("biz_opaque_callback_data", opaqueData.map(JSONValue.string))
        switch step {
        case .sent, .delivered, .read, .played:
            object.append(
                "pricing",
                ["billable": false, "pricing_model": "PMP", "category": "service", "type": "free_customer_service"])
        case .failed:
            let failure = failure ?? Failure(code: 131_000, title: GraphError.title(of: 131_000))
            object.append(
                "errors",
                [
                    [
                        "code": .integer(failure.code), "title": .string(failure.title),
                        "message": .string(failure.title),
                        "error_data": ["details": .string(failure.details ?? failure.title)],
                        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
                    ]
                ])
        }
        return .object(object)
    }
}
