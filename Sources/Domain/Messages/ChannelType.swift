/// The kinds of channel that customers write through.
package enum ChannelType: String, Sendable, Hashable, CaseIterable {
    case whatsapp, messenger, webchat
}

/// Which way a message goes, seen from the business.
package enum Direction: String, Sendable, Hashable, CaseIterable {
    case inbound, outbound
}

/// What a message is made of.
package enum MessageType: String, Sendable, Hashable, CaseIterable {
    case text, image, audio, video, document, location, sticker, contacts, interactive, reaction, postback, unsupported
}

/// A conversation's name everywhere: its id is unique within its channel only.
package struct ConversationKey: Sendable, Hashable {
    package var channelID: String
    package var conversationID: String

    package init(channelID: String, conversationID: String) {
        self.channelID = channelID
        self.conversationID = conversationID
    }
}
