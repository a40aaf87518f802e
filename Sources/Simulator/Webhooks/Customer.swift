import JSONCoding

/// A person with WhatsApp on a phone.
struct Customer: Sendable, Hashable {
    /// Digits; nil where the person hides the number behind a user name.
    var phone: String?
    /// The business-scoped user id.
    var userID: String
    var name: String
    var username: String?

    /// What the simulator calls this person: the phone, or the user id where there is none.
    var key: String { phone ?? userID }

    /// The business-scoped user id that belongs to a phone: made up, but always the same.
    static func scopedID(forPhone phone: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in phone.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return "US.\(10_000_000_000_000_000 + hash % 9_000_000_000_000_000)"
    }

    /// The element of `contacts[]`.
    var json: JSONValue {
        var profile: JSONObject = ["name": .string(name)]
        profile.append("username", username.map(JSONValue.string))
        var object: JSONObject = ["profile": .object(profile)]
        object.append("wa_id", phone.map(JSONValue.string))
        object.append("user_id", .string(userID))
        return .object(object)
    }
}
