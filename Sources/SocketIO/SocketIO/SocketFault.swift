package import JSONCoding

/// What is wrong with what a peer sent. Closes its connection.
package enum SocketFault: Error, Sendable, Hashable {
    case unknownPacketType
    /// Too long, or without the comma that ends it where something follows.
    case invalidNamespace
    /// Beyond 2^53 - 1, or missing in an acknowledgement.
    case invalidID
    case invalidJSON(JSONParseError)
    /// Not what the packet's type demands.
    case invalidContent
    /// Announced more of them than allowed.
    case tooManyAttachments
    /// A placeholder stands for an attachment that was not announced.
    case invalidPlaceholder
    /// Text while attachments are missing.
    case missingAttachment
    /// Bytes that were not announced.
    case unexpectedAttachment
    /// The attachments of one packet are together larger than allowed.
    case tooLarge
}

/// What a peer's packets may cost.
package struct SocketLimits: Sendable, Hashable {
    /// Most attachments of one packet.
    package var maxAttachments = 16
    /// Most bytes of one packet's attachments together.
    package var maxAttachmentBytes = 1_000_000
    /// Longest namespace in bytes.
    package var maxNamespaceBytes = 256
    package var json = JSONLimits(maxBytes: 1_000_000)

    package init() {}
}
