import JSONCoding
import JSONRPC
import Testing

struct OpenRPCTests {
    @Test func describesMethods() {
        let info = MethodInfo(
            name: "thing.get", summary: "Gets a thing.",
            params: [.optional("size", .integer(1...9), "How large."), .required("id", .identifier())],
            result: .shared("Thing"), errors: [.invalidRequest],
            example: .init(params: ["id": "a"], result: ["id": "a"]), extensions: ["x-roles": ["admin"]])
        let document = OpenRPC.document(
            title: "Things", version: "1", description: "All about things.", methods: [info],
            errors: [
                .init(name: "Invalid", code: .invalidRequest, message: "Invalid"),
                .init(name: "Internal", code: .internalError, message: "Internal"),
            ], common: [.internalError], schemas: ["Thing": .object([.required("id", .identifier())], closed: true)])
        let method = document["methods"]?.array?.first
        #expect(method?["name"] == "thing.get")
        #expect(method?["paramStructure"] == "by-name")
        #expect(method?["x-roles"] == ["admin"])
        #expect(
            method?["params"] == [
                ["name": "id", "required": true, "schema": ["type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"]],
                [
                    "name": "size", "summary": "How large.", "required": false,
                    "schema": ["type": "integer", "minimum": 1, "maximum": 9],
                ],
            ])
        #expect(
            method?["errors"] == [
                ["$ref": "#/components/errors/Internal"], ["$ref": "#/components/errors/Invalid"],
            ])
        #expect(method?["result"] == ["name": "result", "schema": ["$ref": "#/components/schemas/Thing"]])
        #expect(
            document["components"]?["schemas"]?["Thing"] == [
                "type": "object", "properties": ["id": ["type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"]],
                "required": ["id"], "additionalProperties": false,
            ])
    }

    @Test func aSchemaDocumentHoldsWhatItNeedsAndNoMore() {
        let shared: [String: JSONSchema] = [
            "A": .object([.required("b", .array(of: .shared("B")))], closed: false),
            "B": .object([.optional("a", .shared("B")), .optional("c", .shared("C").orNull)], closed: false),
            "C": .boolean, "D": .boolean,
        ]
        let document = JSONSchema.document(id: "https://example.com/a", title: "A", root: "A", shared: shared)
        #expect(document["$defs"]?.object?.keys == ["B", "C"])
        #expect(document["properties"]?["b"]?["items"] == ["$ref": "#/$defs/B"])
        #expect(
            document["$defs"]?["B"]?["properties"]?["c"] == ["oneOf": [["$ref": "#/$defs/C"], ["type": "null"]]])
    }
}
