import ControlAPI
import Foundation
import JSONCoding
import Testing

/// `Schemas/` says what the code says. `METACHAT_WRITE_SCHEMAS=1 swift test --filter SchemaFilesTests` writes it anew.
struct SchemaFilesTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Schemas")

    @Test(arguments: ControlAPI.schemaFiles.map(\.name))
    func theFileIsWhatTheCodeSays(_ name: String) throws {
        let content = try #require(ControlAPI.schemaFiles.first { $0.name == name }?.content)
        let file = Self.folder.appending(path: name)
        if ProcessInfo.processInfo.environment["METACHAT_WRITE_SCHEMAS"] == "1" {
            try Data(content.prettyText.utf8).write(to: file)
        }
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text == content.prettyText, "out of date: write it anew with METACHAT_WRITE_SCHEMAS=1")
        #expect(try JSONValue.parse(text) == content)
    }
}
