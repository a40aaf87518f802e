/// How much of a peer's JSON is read at all.
///
/// The size of the text does not bound what reading it costs: `[[[[…` costs stack and `{},{},…` costs a hundred bytes
/// of memory for each byte of text. So nesting and the number of values have limits of their own.
package struct JSONLimits: Sendable, Hashable {
    /// Longest text, in bytes.
    package var maxBytes: Int
    /// Deepest nesting of arrays and objects: `[]` is 1 deep, `[{}]` is 2 deep.
    package var maxDepth: Int
    /// Most values in the whole text, containers and members included.
    package var maxValues: Int

    /// - Parameter maxDepth: 1 to 512, so that neither the parser nor our own recursion can run out of stack.
    package init(maxBytes: Int = 1 << 20, maxDepth: Int = 64, maxValues: Int = 200_000) {
        precondition(maxBytes > 0 && maxValues > 0 && (1...512).contains(maxDepth), "senseless JSON limits")
        self.maxBytes = maxBytes
        self.maxDepth = maxDepth
        self.maxValues = maxValues
    }

    /// For requests and messages: 1 MiB, 64 levels.
    package static let standard = JSONLimits()

    /// For webhooks: 3 MiB, the largest body that Meta sends.
    package static let webhook = JSONLimits(maxBytes: 3 << 20, maxValues: 400_000)
}
