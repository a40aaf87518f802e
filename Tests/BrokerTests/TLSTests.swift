import Broker
import Glibc
import Support
import Testing

@Suite(.timeLimit(.minutes(20)))
struct TLSTests {
    @Test func aVerifiedConnectionCarriesEverything() async throws {
        let files = try CertificateFolder()
        let server = try await RabbitServer.start(tls: files.server(named: "localhost"))
        let base = "amqps://guest:guest@localhost:\(server.tlsPort)"

        try await BrokerHarness.run(url: base + "?cacertfile=" + files.path("ca.pem")) { harness in
            let queue = try await harness.queue(singleActiveConsumer: true)
            let body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            try await harness.publish(OutgoingMessage(routingKey: queue, body: body, headers: ["k": "v"]))
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<3_000 {
                    group.addTask {
                        let message = OutgoingMessage(
                            routingKey: queue, body: [UInt8](repeating: 3, count: 600), messageID: "id")
                        #expect(await harness.failure(of: message) == nil)
                    }
                }
            }
            let missing = OutgoingMessage(routingKey: "test.missing", body: [1], messageID: "m")
            #expect(await harness.failure(of: missing) == .returned(code: 312, reason: "NO_ROUTE"))
            let inbox = Inbox()
            let consumer = try harness.broker.consume(ConsumerSpecification(queue: queue)) { delivery in
                inbox.take(delivery)
                delivery.ack()
            }
            try await inbox.wait(for: 3_001)
            #expect(inbox.all[0].body == body)
            #expect(inbox.all[0].headers == ["k": "v"])
            await consumer.cancel()
            try await harness.waitForDepth(0, in: queue)
        }

        // The system's authorities do not know ours.
        try await expectFault(base, "verif")
        // Ours does not vouch for another name.
        try await expectFault("amqps://127.0.0.1:\(server.tlsPort)?cacertfile=" + files.path("ca.pem"), "verif")
        try await expectFault(base + "?cacertfile=/none/such.pem", "/none/such.pem")
        try await BrokerHarness.run(url: base + "?verify=verify_none") { harness in
            #expect(harness.broker.isUp)
        }
        // Plain text against the TLS port, TLS against the plain port.
        try await expectFault("amqp://127.0.0.1:\(server.tlsPort)", "cannot log in")
        try await expectFault("amqps://localhost:\(server.port)?verify=verify_none", "handshake")
        try await server.kill()
    }

    private func expectFault(_ url: String, _ text: String) async throws {
        let broker = try BrokerClient(configuration: BrokerHarness.configuration(url), logger: .quiet)
        try broker.start()
        try await eventually("a fault with “\(text)”") { broker.fault?.contains(text) == true }
        await broker.close(within: .seconds(1))
    }
}

/// A certificate authority of our own, made with the `openssl` command.
private final class CertificateFolder: Sendable {
    private let folder: String

    init() throws {
        var template = Array("/tmp/metachat-tls-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        folder = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        chmod(folder, 0o755)
    }

    deinit { _ = try? Self.shell("rm -rf \(folder)") }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func server(named name: String) throws -> RabbitServer.TLSFiles {
        try Self.shell(
            """
            cd \(folder) && exec >/dev/null 2>&1
            openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=Test CA" -keyout ca.key -out ca.pem \
            -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign &&
            openssl req -newkey rsa:2048 -nodes -subj "/CN=\(name)" -keyout key.pem -out server.csr &&
            printf 'subjectAltName=DNS:\(name)\\nextendedKeyUsage=serverAuth\\n' > ext &&
            openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out cert.pem &&
            chmod 644 *.pem
            """)
        return .init(authority: path("ca.pem"), certificate: path("cert.pem"), key: path("key.pem"))
    }

    private static func shell(_ script: String) throws {
        var child: pid_t = 0
        let words: [String] = ["/bin/sh", "-c", script]
        let argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for text in argv { free(text) } }
        try #require(posix_spawn(&child, "/bin/sh", nil, nil, argv, environ) == 0)
        var status: Int32 = 0
        waitpid(child, &status, 0)
        try #require(status == 0)
    }
}
