// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let nioHTTPTypes: [Target.Dependency] = [
    .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
    .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
]
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let collections: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.init(stringLiteral: name), "Support"] + dependencies,
        swiftSettings: strict
    )
}

let package = Package(
    name: "metachat",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "metachat", targets: ["metachat"]),
        .executable(name: "metachatctl", targets: ["metachatctl"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.3.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.5.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.9.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: [
        // The four C libraries.
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CRabbitMQ", pkgConfig: "librabbitmq", providers: [.apt(["librabbitmq-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),

        // Words: no IO.
        room("Domain", ["JSONCoding"]),
        room("Encodings"),
        room("JSONCoding", ["CJansson", "Encodings"]),
        room("Sealing", ["COpenSSL", "Encodings"]),
        room("Observability", [log, metrics]),

        // What the servers share.
        room("HTTPServing", [hummingbirdCore, log, nio] + nioHTTPTypes),

        // Protocols: no IO.
        room("JSONRPC", ["JSONCoding"]),
        room("SocketIO", ["Encodings", "JSONCoding"]),
        room("ControlAPI", ["JSONRPC", "JSONCoding", "Domain"]),

        // Adapters and application.
        room("Database", ["CPostgres", "JSONCoding", "Domain", "Observability", log, collections, lifecycle]),
        room(
            "Broker",
            ["CRabbitMQ", "JSONCoding", "Domain", "Observability", log, metrics, collections, lifecycle]
        ),
        room("Channels", ["JSONCoding", "Sealing", "Domain", "Observability", log]),
        room("Orchestrator", ["JSONCoding", "Domain", "Observability", log, metrics]),
        room(
            "ConfigSync",
            [
                "ControlAPI", "Encodings", "JSONCoding", "Sealing", "Domain", "Observability", log, lifecycle,
                httpClient, nio, nioPosix, nioHTTP1, nioSSL,
            ]
        ),
        room(
            "Simulator",
            [
                "HTTPServing", "JSONCoding", "Sealing", hummingbirdCore, log, lifecycle, hummingbird, httpTypes,
                httpClient, nio, nioPosix, nioHTTP1,
                collections, heap,
            ]
        ),

        // Servers.
        room(
            "ControlPlane",
            [
                "HTTPServing", "ControlAPI", "JSONRPC", "Encodings", "JSONCoding", "ConfigSync", "Sealing", "Domain",
                "Observability", log, lifecycle, hummingbird, hummingbirdCore, hummingbirdTLS, httpTypes, nio, nioPosix,
                nioSSL,
            ]
        ),
        room(
            "DataPlane",
            [
                "HTTPServing", "Channels", "Orchestrator", "ConfigSync", "JSONCoding", "Sealing", "Domain",
                "Observability",
                log, metrics, lifecycle, hummingbird, hummingbirdCore, hummingbirdTLS, httpTypes, httpClient, nio,
                nioPosix, nioSSL,
                nioHTTP1, collections,
            ] + nioHTTPTypes
        ),

        // Executables.
        .executableTarget(
            name: "metachat",
            dependencies: [
                "Database", "Broker", "Channels", "Orchestrator", "ConfigSync", "Simulator", "ControlPlane",
                "DataPlane", "ControlAPI", "JSONRPC", "Encodings", "JSONCoding", "Sealing", "Domain", "Observability",
                log, metrics, lifecycle, signals, hummingbird, httpClient, nio, nioPosix, nioHTTP1, nioSSL,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "metachatctl",
            dependencies: [
                "ControlAPI", "JSONRPC", "JSONCoding", "Domain", httpClient, nio, nioPosix, nioHTTP1, nioSSL,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict
        ),

        // Measuring.
        .executableTarget(
            name: "webhook-load", dependencies: ["COpenSSL"], path: "Tests/Benchmarks/WebhookLoad"),
        .executableTarget(name: "config-probe", path: "Tests/Benchmarks/ConfigProbe"),
        .executableTarget(
            name: "micro-bench",
            dependencies: ["Channels", "Domain", "JSONCoding", "Sealing"],
            path: "Tests/Benchmarks/Micro",
            swiftSettings: strict
        ),

        .executableTarget(
            name: "store-bench",
            dependencies: ["Database", "Domain", log],
            path: "Tests/Benchmarks/StoreBench",
            swiftSettings: strict
        ),

        // Tests.
        .target(
            name: "Support",
            dependencies: ["Domain", "JSONCoding", log],
            path: "Tests/Support",
            swiftSettings: strict
        ),
        tests(of: "Domain", ["JSONCoding"]),
        tests(of: "Encodings"),
        tests(of: "JSONCoding"),
        tests(of: "Sealing", ["Encodings"]),
        tests(of: "Observability", [log, metrics]),
        tests(of: "JSONRPC", ["JSONCoding"]),
        tests(of: "SocketIO", ["JSONCoding"]),
        tests(of: "ControlAPI", ["JSONRPC", "JSONCoding", "Domain"]),
        tests(of: "Database", ["Domain", "JSONCoding", "Observability", log]),
        tests(of: "Broker", ["Domain", "JSONCoding", "Observability", log, lifecycle]),
        tests(of: "Channels", ["Domain", "JSONCoding", "Sealing"]),
        tests(of: "Orchestrator", ["Domain", "JSONCoding"]),
        tests(
            of: "ConfigSync",
            [
                "HTTPServing", "Broker", "ControlAPI", "Domain", "Encodings", "JSONCoding", "Sealing", log, hummingbird,
                httpTypes, nio,
            ]),
        tests(
            of: "Simulator",
            [
                "HTTPServing", "JSONCoding", "Sealing", hummingbird, httpTypes, httpClient, log, lifecycle, nio,
                nioPosix, nioHTTP1,
            ]),
        tests(
            of: "ControlPlane",
            [
                "ControlAPI", "JSONRPC", "Domain", "JSONCoding", "Sealing", "Observability", "Database", "Broker", log,
                lifecycle, httpClient, nio, nioHTTP1, nioSSL, hummingbird,
            ]),
        tests(
            of: "DataPlane",
            [
                "HTTPServing", "Channels", "ConfigSync", "Orchestrator", "Domain", "Encodings", "JSONCoding", "Sealing",
                log, nio, nioPosix, nioHTTP1, hummingbird, hummingbirdCore,
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ]),
        .testTarget(name: "metachatTests", dependencies: ["metachat", "Support"], swiftSettings: strict),
        tests(
            of: "metachatctl",
            [
                "ControlAPI", "JSONRPC", "JSONCoding", "Domain",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
        .executableTarget(
            name: "broker-bench",
            dependencies: ["Broker", log],
            path: "Tests/Benchmarks/BrokerBench",
            swiftSettings: strict
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "Support", "Encodings", "JSONCoding", "Sealing", "Broker", log, httpClient, nio, nioHTTP1,
            ],
            swiftSettings: strict
        ),
    ]
)
