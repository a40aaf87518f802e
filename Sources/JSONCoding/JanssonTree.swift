import CJansson

/// The one owner of a parsed jansson tree, which lies in memory of its own; it does not change while anybody reads it.
final class JanssonTree: Sendable {
    typealias Node = UnsafeMutablePointer<json_t>
    private typealias Blocks = UnsafeMutablePointer<metachat_json_block>?

    // Sendable by this proof: the pointers never change, and the tree behind them is only read after init.
    private nonisolated(unsafe) let node: Node
    private nonisolated(unsafe) let blocks: Blocks

    /// The root, valid as long as this owner lives.
    var root: Node { node }

    private init(_ node: Node, in blocks: Blocks) {
        self.node = node
        self.blocks = blocks
    }

    // The tree goes with its memory, in one.
    deinit { metachat_json_drop(blocks) }

    private static let isInstalled: Void = metachat_json_install()
}

extension JanssonTree {
    /// - Throws: ``JSONParseError`` for whatever the text breaks, limits first.
    static func parse(_ text: UnsafeRawBufferPointer, limits: JSONLimits) -> Result<JanssonTree, JSONParseError> {
        if let fault = JSONShape.fault(of: text, limits: limits) { return .failure(fault) }
        let failure: Failure
        switch load(text) {
        case .success(let tree): return .success(tree)
        case .failure(let fault): failure = fault
        }
        guard failure.code == json_error_numeric_overflow else { return .failure(failure.parseError(in: text)) }
        // Integers beyond 64 bits are legal JSON: read them as reals.
        let (widened, insertions) = JSONShape.widened(text)
        return widened.withUnsafeBytes { wide in
            switch load(wide) {
            case .success(let tree): return .success(tree)
            case .failure(var fault):
                let offset = fault.offset
                fault.offset -= insertions.enumerated().count { index, at in at + 2 * index < offset } * 2
                return .failure(fault.parseError(in: text))
            }
        }
    }

    private struct Failure: Error {
        var code: json_error_code
        var offset: Int

        func parseError(in text: UnsafeRawBufferPointer) -> JSONParseError {
            let reason: JSONParseError.Reason =
                switch code {
                case json_error_premature_end_of_input: .truncated
                case json_error_end_of_input_expected: .trailing
                case json_error_invalid_utf8: .invalidUTF8
                case json_error_duplicate_key: .duplicateKey
                case json_error_null_byte_in_key: .nulInKey
                case json_error_numeric_overflow: .numberOverflow
                case json_error_out_of_memory: .outOfMemory
                // The text is at fault in every other case; a text without any token counts as cut off.
                default: text.allSatisfy(isBlank) ? .truncated : .syntax
                }
            return JSONParseError(reason, at: offset, in: text)
        }

        private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
    }

    private static func load(_ text: UnsafeRawBufferPointer) -> Result<JanssonTree, Failure> {
        isInstalled
        var blocks: Blocks = nil
        var error = json_error_t()
        let flags = Int(JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL)
        // An empty buffer may have no address, and jansson insists on one.
        let loaded =
            text.isEmpty
            ? metachat_json_load("", 0, flags, &error, &blocks)
            : metachat_json_load(
                text.baseAddress?.assumingMemoryBound(to: CChar.self), text.count, flags, &error, &blocks)
        if let loaded { return .success(JanssonTree(loaded, in: blocks)) }
        metachat_json_drop(blocks)
        // jansson keeps the code in the last byte of the message, which itself may quote the text.
        let code = withUnsafeBytes(of: error.text) { $0[$0.count - 1] }
        return .failure(Failure(code: json_error_code(UInt32(code)), offset: Int(error.position)))
    }
}
