import Encodings

/// Bytes in JSON: strings in base64 (RFC 4648 §4, padded).
extension JSONValue {
    package init(bytes: [UInt8]) { self = .string(Base64.encode(bytes)) }
}

extension JSONReader {
    /// Bytes written in base64; their number must lie in `count`.
    package func bytes(_ count: ClosedRange<Int>) -> [UInt8]? {
        guard case .string(let text) = value else { return fault("must be a base64 string, is \(value.kind)") }
        guard text.utf8.count <= (count.upperBound + 2) / 3 * 4 else {
            return fault("must be at most \(count.upperBound) bytes in base64")
        }
        guard let bytes = Base64.decode(text) else { return fault("must be padded base64") }
        guard count.contains(bytes.count) else {
            return fault("must be \(count.lowerBound) to \(count.upperBound) bytes in base64, is \(bytes.count)")
        }
        return bytes
    }
}
