import JSONCoding

/// Webhook bodies of the shape that Meta documents.
enum WebhookBody {
    /// Messages of one customer.
    static func messages(_ messages: [JSONValue], from customer: Customer, to number: BusinessNumber) -> JSONValue {
        body(number, ["contacts": [customer.json], "messages": .array(messages)])
    }

    static func statuses(_ statuses: [StatusEvent], of number: BusinessNumber) -> JSONValue {
        body(number, ["statuses": .array(statuses.map(\.json))])
    }

    private static func body(_ number: BusinessNumber, _ content: JSONObject) -> JSONValue {
        var value: JSONObject = [
            "messaging_product": "whatsapp",
            "metadata": [
                "display_phone_number": .string(number.displayNumber), "phone_number_id": .string(number.id),
            ],
        ]
        for (key, member) in content { value.append(key, member) }
        return [
            "object": "whatsapp_business_account",
            "entry": [
                [
                    "id": .string(number.businessAccountID),
                    "changes": [["value": .object(value), "field": "messages"]],
                ]
            ],
        ]
    }
}
