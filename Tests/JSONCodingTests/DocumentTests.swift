import JSONCoding
import Testing

@Suite struct DocumentTests {
    @Test func readsWithoutConverting() throws {
        let root = try JSONDocument(parsing: webhook, limits: .webhook).root
        #expect(root["object"]?.isString("whatsapp_business_account") == true)
        #expect(root["object"]?.isString("whatsapp_business_accoun") == false)
        let value = root["entry"]?[0]?["changes"]?[0]?["value"]
        #expect(value?["metadata"]?["phone_number_id"]?.string == "106540352242922")
        let message = value?["messages"]?[0]
        #expect(message?["text"]?["body"]?.string == "Hat es auch Bäume? 🌳 \"ja\"")
        #expect(message?["nothing"] == nil)
        #expect(value?["messages"]?[1] == nil)
        #expect(value?["messages"]?[-1] == nil)
        #expect(root["object"]?["x"] == nil)
        #expect(root["object"]?[0] == nil)
        #expect(root.count == 2)
        #expect(root["object"]?.count == 0)
        #expect(root["object"]?.withUTF8 { $0.count } == 25)
        #expect(root.withUTF8 { $0.count } == nil)
    }

    @Test func scalars() throws {
        let root = try JSONDocument(parsing: #"[null,true,false,7,7.0,7.5,"x",[1],{"a":1},99999999999999999999]"#).root
        #expect(root.elements.map(\.kind) == root.value.array?.map(\.kind))
        #expect(root.elements.map(\.integer) == [nil, nil, nil, 7, 7, nil, nil, nil, nil, nil])
        #expect(root.elements.map(\.number) == [nil, nil, nil, 7, 7, 7.5, nil, nil, nil, 1e20])
        #expect(root.elements.map(\.bool) == [nil, true, false, nil, nil, nil, nil, nil, nil, nil])
        #expect(root.elements.map(\.string) == [nil, nil, nil, nil, nil, nil, "x", nil, nil, nil])
        #expect(root.elements.map(\.isNull).firstIndex(of: true) == 0)
        #expect(root.elements.map(\.isArray).firstIndex(of: true) == 7)
        #expect(root.elements.map(\.isObject).firstIndex(of: true) == 8)
    }

    @Test func iteratesInOrder() throws {
        let root = try JSONDocument(parsing: #"{"b":1,"a":[1,2,3],"c":{"d":null}}"#).root
        #expect(root.members.map(\.key) == ["b", "a", "c"])
        #expect(root.members.map(\.value.value) == [1, [1, 2, 3], ["d": nil]])
        #expect(root["a"]?.elements.compactMap(\.integer) == [1, 2, 3])
        #expect(root.elements.isEmpty)
        #expect(Array(root["a"]!.members).isEmpty)
        #expect(root.value == ["b": 1, "a": [1, 2, 3], "c": ["d": nil]])
    }

    @Test func viewsOutliveTheirDocument() throws {
        func message() throws -> JSONView? {
            try JSONDocument(parsing: webhook).root["entry"]?[0]?["changes"]?[0]?["value"]?["messages"]?[0]
        }
        let view = try #require(try message())
        #expect(view["from"]?.string == "16505551234")
        #expect(view.value["type"] == "text")
    }

    @Test func isReadByManyTasksAtOnce() async throws {
        let document = try JSONDocument(parsing: webhook)
        let found = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    (0..<500).count { _ in document.root["entry"]?[0]?["id"]?.string == "102290129340398" }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(found == 8000)
    }
}
