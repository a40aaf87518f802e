import JSONCoding
import JSONRPC
import Testing

/// Every example of section 7 of https://www.jsonrpc.org/specification; params by position are refused here.
struct SpecificationExamplesTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var name: String
        var request: String
        /// nil: nothing is answered.
        var answer: String?
        var testDescription: String { name }
    }

    static let examples = [
        Example(
            name: "call with positional parameters",
            request: #"{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}"#,
            answer: #"{"jsonrpc": "2.0", "error": {"code": -32602, "message": "Invalid params"}, "id": 1}"#),
        Example(
            name: "call with named parameters",
            request: #"{"jsonrpc":"2.0","method":"subtract","params":{"subtrahend":23,"minuend":42},"id":3}"#,
            answer: #"{"jsonrpc": "2.0", "result": 19, "id": 3}"#),
        Example(
            name: "call with named parameters, other order",
            request: #"{"jsonrpc":"2.0","method":"subtract","params":{"minuend":42,"subtrahend":23},"id":4}"#,
            answer: #"{"jsonrpc": "2.0", "result": 19, "id": 4}"#),
        Example(
            name: "notification", request: #"{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}"#,
            answer: nil),
        Example(name: "notification of no method", request: #"{"jsonrpc": "2.0", "method": "foobar"}"#, answer: nil),
        Example(
            name: "non-existent method", request: #"{"jsonrpc": "2.0", "method": "foobar", "id": "1"}"#,
            answer: #"{"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "1"}"#),
        Example(
            name: "invalid JSON", request: #"{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]"#,
            answer: #"{"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null}"#),
        Example(
            name: "invalid request object", request: #"{"jsonrpc": "2.0", "method": 1, "params": "bar"}"#,
            answer: #"{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}"#),
        Example(
            name: "batch, invalid JSON",
            request:
                #"[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},{"jsonrpc": "2.0", "method"]"#,
            answer: #"{"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null}"#),
        Example(
            name: "empty array", request: "[]",
            answer: #"{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}"#),
        Example(
            name: "invalid batch, not empty", request: "[1]",
            answer: #"[{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}]"#),
        Example(
            name: "invalid batch", request: "[1,2,3]",
            answer: """
                [{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null},
                {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null},
                {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}]
                """),
        Example(
            name: "batch",
            request: """
                [{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": "1"},
                {"jsonrpc": "2.0", "method": "notify_hello", "params": {"name": 7}},
                {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
                {"foo": "boo"},
                {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
                {"jsonrpc": "2.0", "method": "get_data", "id": "9"}]
                """,
            answer: """
                [{"jsonrpc": "2.0", "result": 19, "id": "1"},
                {"jsonrpc": "2.0", "error": {"code": -32602, "message": "Invalid params"}, "id": "2"},
                {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null},
                {"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "5"},
                {"jsonrpc": "2.0", "result": ["hello", 5], "id": "9"}]
                """),
        Example(
            name: "batch of notifications",
            request: """
                [{"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},
                {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}]
                """,
            answer: nil),
    ]

    @Test(arguments: examples)
    func answers(_ example: Example) async throws {
        let answer = try await Calculator().answer(example.request)
        let expected = try example.answer.map { try JSONValue.parse($0) }
        #expect(answer?.withoutDetails == expected)
    }
}
