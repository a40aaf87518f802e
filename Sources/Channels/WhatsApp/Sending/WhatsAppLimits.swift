/// Meta's limits of WhatsApp messages (Cloud API reference, messages).
enum WhatsAppLimits {
    static let text = TextLimit(4096)
    static let caption = TextLimit(1024)
    /// Above buttons; a list may have more, but one rule serves both.
    static let choiceBody = TextLimit(1024)
    static let buttonTitle = TextLimit(20)
    static let rowTitle = TextLimit(24)
    static let rowDescription = TextLimit(72)
    static let buttons = 3
    static let rows = 10
    /// Bytes of a button's or row's id, which comes back when it is chosen.
    static let buttonID = 256
    static let rowID = 200
}
