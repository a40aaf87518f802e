import CJansson

/// A place in a ``JSONDocument``, which it keeps alive. Reading the wrong kind gives nil.
package struct JSONView: Sendable {
    let tree: JanssonTree
    // Sendable by this proof: the node belongs to `tree`, which lives as long as this view and never changes.
    nonisolated(unsafe) let node: UnsafeMutablePointer<json_t>

    /// Keeps the tree alive while its node is read, whatever the optimizer makes of the views around.
    @inline(__always)
    private func read<R>(_ body: (UnsafeMutablePointer<json_t>) -> R) -> R {
        withExtendedLifetime(tree) { body(node) }
    }

    private func view(_ node: UnsafeMutablePointer<json_t>) -> JSONView { JSONView(tree: tree, node: node) }

    /// A member of an object.
    package subscript(_ key: String) -> JSONView? {
        read { $0.member(key).map(view) }
    }

    /// An element of an array; nil past its end.
    package subscript(_ index: Int) -> JSONView? {
        index < 0 ? nil : read { json_array_get($0, index).map(view) }
    }

    /// Elements of an array or members of an object; 0 for everything else.
    package var count: Int {
        read { node in
            switch node.pointee.type {
            case JSON_ARRAY: json_array_size(node)
            case JSON_OBJECT: json_object_size(node)
            default: 0
            }
        }
    }

    package var string: String? { read { $0.text } }

    package var bool: Bool? {
        switch type {
        case JSON_TRUE: true
        case JSON_FALSE: false
        default: nil
        }
    }

    /// The value as a 64-bit integer; a number without fraction counts.
    package var integer: Int64? {
        read { node in
            switch node.pointee.type {
            case JSON_INTEGER: Int64(json_integer_value(node))
            case JSON_REAL: Int64(exactly: json_real_value(node))
            default: nil
            }
        }
    }

    package var number: Double? {
        read { node in
            switch node.pointee.type {
            case JSON_INTEGER: Double(json_integer_value(node))
            case JSON_REAL: json_real_value(node)
            default: nil
            }
        }
    }

    private var type: json_type { read { $0.pointee.type } }

    package var isNull: Bool { type == JSON_NULL }
    package var isObject: Bool { type == JSON_OBJECT }
    package var isArray: Bool { type == JSON_ARRAY }

    /// Whether this is a string of exactly these bytes; makes no `String`.
    package func isString(_ text: StaticString) -> Bool {
        withUTF8 { $0.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) }
            ?? false
    }

    /// Lends the UTF-8 of a string; nil for everything else.
    package func withUTF8<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R? { read { $0.withText(body) } }

    /// The word for this kind of value in messages to people, the same as ``JSONValue/kind``.
    package var kind: String {
        switch type {
        case JSON_OBJECT: "an object"
        case JSON_ARRAY: "an array"
        case JSON_STRING: "a string"
        case JSON_INTEGER, JSON_REAL: "a number"
        case JSON_TRUE, JSON_FALSE: "a boolean"
        default: "null"
        }
    }

    /// Everything below this place, as a value of its own.
    package var value: JSONValue { read { $0.value } }

    /// The elements of an array; none for everything else.
    package var elements: JSONElements { JSONElements(array: self) }

    /// The members of an object in their order; none for everything else.
    package var members: JSONMembers { JSONMembers(object: self) }
}

/// The elements of an array.
package struct JSONElements: RandomAccessCollection, Sendable {
    let array: JSONView

    package var startIndex: Int { 0 }
    package var endIndex: Int { array.isArray ? array.count : 0 }

    package subscript(_ position: Int) -> JSONView {
        guard let element = array[position] else { preconditionFailure("index \(position) lies past the array's end") }
        return element
    }
}

/// The members of an object in their order.
package struct JSONMembers: Sequence, Sendable {
    let object: JSONView

    package func makeIterator() -> JSONMemberIterator { JSONMemberIterator(object: object) }
}

package struct JSONMemberIterator: IteratorProtocol {
    private let object: JSONView
    private var position: UnsafeMutableRawPointer?

    fileprivate init(object: JSONView) {
        self.object = object
        position = withExtendedLifetime(object.tree) { json_object_iter(object.node) }
    }

    package mutating func next() -> (key: String, value: JSONView)? {
        guard let current = position else { return nil }
        let (member, next) = withExtendedLifetime(object.tree) {
            let member = json_object_iter_value(current).map {
                (key: object.node.memberName(current), value: JSONView(tree: object.tree, node: $0))
            }
            return (member, json_object_iter_next(object.node, current))
        }
        position = next
        return member
    }
}
