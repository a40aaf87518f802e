/// A parsed JSON text that is read where it lies: no Swift value is made of what nobody asks for.
///
/// For the webhook path, which reads a few fields out of many. Immutable, so it may be shared between tasks.
package final class JSONDocument: Sendable {
    let tree: JanssonTree

    /// - Throws: ``JSONParseError`` for whatever the text breaks, limits first.
    package init(parsing text: UnsafeRawBufferPointer, limits: JSONLimits = .standard) throws(JSONParseError) {
        tree = try JanssonTree.parse(text, limits: limits).get()
    }

    package convenience init(parsing text: [UInt8], limits: JSONLimits = .standard) throws(JSONParseError) {
        let tree = try text.withUnsafeBytes { JanssonTree.parse($0, limits: limits) }.get()
        self.init(tree: tree)
    }

    package convenience init(parsing text: String, limits: JSONLimits = .standard) throws(JSONParseError) {
        var text = text
        let tree = try text.withUTF8 { JanssonTree.parse(UnsafeRawBufferPointer($0), limits: limits) }.get()
        self.init(tree: tree)
    }

    private init(tree: JanssonTree) { self.tree = tree }

    package var root: JSONView { JSONView(tree: tree, node: tree.root) }
}
