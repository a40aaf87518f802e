import Glibc
import Testing

@testable import metachat

@Suite struct DevSecretsTests {
    @Test func areMadeOnceAndKept() throws {
        var template = Array("/tmp/metachat-secrets-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let file = folder + "/secrets.env"
        defer {
            unlink(file)
            rmdir(folder)
        }
        let first = try DevSecrets(file: file)
        let second = try DevSecrets(file: file)
        #expect(first.values.map(\.name) == second.values.map(\.name))
        #expect(first.values.map(\.value) == second.values.map(\.value))
        #expect(Set(first.values.map(\.value)).count == first.values.count)
        #expect(first.values.allSatisfy { !$0.value.isEmpty })
        var status = stat()
        try #require(stat(file, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        // One that a newer version adds leaves the others as they are.
        let lines = try #require(DevFile.read(file)).split(separator: "\n").filter { !$0.hasPrefix("METACHAT_NODE") }
        try DevFile.write(lines.joined(separator: "\n") + "\n", to: file)
        let third = try DevSecrets(file: file)
        #expect(third["METACHAT_ADMIN_TOKEN"] == first["METACHAT_ADMIN_TOKEN"])
        #expect(third["METACHAT_NODE_TOKEN"] != first["METACHAT_NODE_TOKEN"])
    }
}

@Suite struct DevPortsTests {
    @Test func noPortIsGivenTwice() throws {
        var ports = DevPorts()
        var given: Set<Int> = []
        for _ in 0..<20 { #expect(given.insert(try ports.next(wanted: 23_450)).inserted) }
    }
}
