import Foundation
import Testing

/// What lies where.
@Suite struct LayoutTests {
    @Test func theTopLevelIsShort() throws {
        let allowed: Set<String> = [
            "Package.swift", "Package.resolved", "Sources", "Tests", "Schemas", "Clients", "README.md",
        ]
        let found = try FileManager.default.contentsOfDirectory(atPath: Repository.root.path)
        let others = found.filter { !$0.hasPrefix(".") && !allowed.contains($0) }
        #expect(others.isEmpty, "\(others) do not belong here")
        #expect(found.contains("Package.swift"))
    }

    /// Directories only: scripts that start tests may lie beside them.
    @Test func everyTestTargetBelongsToATarget() throws {
        let others: Set<String> = ["Support", "ArchitectureTests", "IntegrationTests", "SocketIOFixture", "Benchmarks"]
        let found = try FileManager.default.contentsOfDirectory(
            at: Repository.root.appendingPathComponent("Tests"), includingPropertiesForKeys: [.isDirectoryKey])
        for url in found where !url.lastPathComponent.hasPrefix(".") {
            let name = url.lastPathComponent
            guard try url.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true, !others.contains(name) else {
                continue
            }
            #expect(name.hasSuffix("Tests") && ImportTests.table[String(name.dropLast(5))] != nil, "Tests/\(name)")
        }
    }
}
