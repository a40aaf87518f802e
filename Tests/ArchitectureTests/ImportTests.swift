import Testing

/// Who may know whom.
@Suite struct ImportTests {
    /// Our own targets that each of our targets may import.
    static let table: [String: Set<String>] = [
        // Words.
        "Encodings": [],
        "JSONCoding": ["CJansson", "Encodings"],
        "Sealing": ["COpenSSL", "Encodings"],
        "Observability": [],
        "Domain": ["JSONCoding"],
        // Protocols.
        "JSONRPC": ["JSONCoding"],
        "SocketIO": ["Encodings", "JSONCoding"],
        "ControlAPI": ["JSONRPC", "JSONCoding", "Domain"],
        // Adapters and application.
        "Database": ["CPostgres", "JSONCoding", "Domain", "Observability"],
        "Broker": ["CRabbitMQ", "JSONCoding", "Domain", "Observability"],
        "Channels": ["JSONCoding", "Sealing", "Domain", "Observability"],
        "Orchestrator": ["JSONCoding", "Domain", "Observability"],
        "ConfigSync": ["ControlAPI", "Encodings", "JSONCoding", "Sealing", "Domain", "Observability"],
        "Simulator": ["HTTPServing", "JSONCoding", "Sealing"],
        // Servers.
        "HTTPServing": [],
        "ControlPlane": [
            "HTTPServing", "ControlAPI", "JSONRPC", "Encodings", "JSONCoding", "ConfigSync", "Sealing", "Domain",
            "Observability",
        ],
        "DataPlane": [
            "HTTPServing", "SocketIO", "Channels", "Orchestrator", "ConfigSync", "JSONCoding", "Sealing", "Domain",
            "Observability",
        ],
        // Executables.
        "metachat": [
            "Encodings", "JSONCoding", "Sealing", "Observability", "Domain", "JSONRPC", "SocketIO", "ControlAPI",
            "Database",
            "Broker", "Channels", "Orchestrator", "ConfigSync", "Simulator", "ControlPlane", "DataPlane",
        ],
        "metachatctl": ["ControlAPI", "JSONRPC", "JSONCoding", "Domain"],
        // Fakes for the ports and fixtures.
        "Support": ["Domain", "JSONCoding"],
    ]

    static let libraries: Set<String> = ["CPostgres", "CRabbitMQ", "COpenSSL", "CJansson"]

    private func sources() throws -> [Repository.Source] {
        try Repository.sources(below: "Sources") + Repository.sources(below: "Tests").filter { $0.target == "Support" }
    }

    @Test func everyImportIsInTheTable() throws {
        let ours = Set(Self.table.keys).union(Self.libraries)
        let sources = try sources()
        #expect(sources.count > 20)
        for source in sources {
            guard let allowed = Self.table[source.target] else {
                Issue.record("\(source.path): the target \(source.target) is not in the import table")
                continue
            }
            for module in source.imports where ours.contains(module) && module != source.target {
                #expect(allowed.contains(module), "\(source.path) must not import \(module)")
            }
        }
    }

    @Test func eachLibraryHasOneOwner() throws {
        var owners: [String: Set<String>] = [:]
        for source in try sources() {
            for module in source.imports where Self.libraries.contains(module) {
                owners[module, default: []].insert(source.target)
            }
        }
        for (library, targets) in owners { #expect(targets.count == 1, "\(library): \(targets.sorted())") }
        #expect(owners["CJansson"] == ["JSONCoding"])
        #expect(owners["COpenSSL"] == ["Sealing"])
    }

    @Test func librariesHoldNothingButTheirShims() throws {
        for library in Self.libraries {
            let files = try Repository.sources(
                below: "Sources/\(library)", extensions: ["modulemap", "h", "c", "swift"])
            #expect(files.map(\.path) == ["Sources/\(library)/module.modulemap", "Sources/\(library)/shim.h"])
        }
    }

    @Test(
        arguments: [
            ("import A", "A"), ("  import A", "A"), ("package import A", "A"), ("@testable import A", "A"),
            ("@preconcurrency public import struct A.B", "A"), ("import A // why", "A"), ("@_spi(X) import A", "A"),
            ("// import A", nil), ("let important = 1", nil), ("func import_() {}", nil), ("", nil),
            ("/// import A", nil), ("import class A.B.C", "A"), ("import A; import B", "A"),
        ] as [(String, String?)]
    )
    func importsAreFound(line: String, module: String?) {
        #expect(Repository.Source.imported(by: line) == module)
    }
}
