import JSONCoding
import ServiceLifecycle
import Synchronization

/// What `metachat dev` ends with: kept beside the service group, whose own errors say less.
final class DevOutcome: Sendable {
    private let first = Mutex<(any Error)?>(nil)

    var failure: (any Error)? { first.withLock { $0 } }

    func fail(_ error: any Error) { first.withLock { $0 = $0 ?? error } }
}

/// `metachat dev`: servers, migration, programs, demo data; then everything in reverse.
struct DevRunner: Service {
    struct Order: Sendable {
        /// Where the person has servers of their own.
        var databaseURL: String?
        var brokerURL: String?
        /// Wanted ports; the next free one is taken.
        var controlPort = 7070
        var nodePort = 8080
        var simulatorPort = 7090
        var logLevel: String?
    }

    let order: Order
    let outcome: DevOutcome

    private static let names = ["postgres", "epmd", "rabbitmq", "migrate", "control", "node-1", "node-2", "simulator"]

    func run() async throws {
        let stop = Gate()
        await withGracefulShutdownHandler {
            do { try await work(stop) } catch { outcome.fail(error) }
        } onGracefulShutdown: {
            stop.open()
        }
    }

    private func work(_ stop: Gate) async throws {
        let console = DevConsole(names: Self.names)
        let parent = try DevFile.currentFolder()
        let folder = try await DevFolder(in: parent, console: console)
        let secrets = try DevSecrets(file: folder.secretsFile)
        var ports = DevPorts()
        let postgres: DevPostgres? =
            if order.databaseURL == nil {
                try await DevPostgres(
                    folder: folder, port: try ports.next(), password: secrets["DEV_POSTGRES_PASSWORD"])
            } else { nil }
        let rabbit: DevRabbit? =
            if order.brokerURL == nil {
                try await DevRabbit(folder: folder, ports: &ports, password: secrets["DEV_RABBITMQ_PASSWORD"])
            } else { nil }
        let controlPort = try ports.next(wanted: order.controlPort)
        let nodePorts = [try ports.next(wanted: order.nodePort), try ports.next(wanted: order.nodePort)]
        let programs = DevPrograms(
            program: try DevFile.ownProgram(), folder: parent, secrets: secrets,
            databaseURL: order.databaseURL ?? postgres?.url ?? "", brokerURL: order.brokerURL ?? rabbit?.url ?? "",
            controlPort: controlPort, nodePorts: nodePorts,
            simulatorPort: try ports.next(wanted: order.simulatorPort))
        let site = DevSite(folder: folder, console: console, stop: stop)

        let failure = await site.ring { servers in
            try await start(postgres, rabbit, in: servers, of: site)
            try await servers.once(programs.migrate)
            if let rabbit {
                try await servers.wait(for: "RabbitMQ", log: folder.log(of: "rabbitmq")) { rabbit.isReady }
            }
            let failure = await site.ring { try await start(programs, in: $0, of: site, secrets) }
            if let failure { throw failure }
        }
        if let failure { throw failure }
        console.say("Everything has ended.")
    }

    private func start(
        _ postgres: DevPostgres?, _ rabbit: DevRabbit?, in servers: DevRing, of site: DevSite
    ) async throws {
        let folder = site.folder
        if let rabbit {
            site.console.say("Starting RabbitMQ on port \(rabbit.port)…")
            servers.start(rabbit.portMapper, logFile: folder.log(of: "epmd"))
            servers.start(rabbit.server, logFile: folder.log(of: "rabbitmq"))
        }
        if let postgres {
            site.console.say("Starting PostgreSQL on port \(postgres.port)…")
            try await postgres.prepare(lock: folder.childrenLock, stop: site.stop)
            servers.start(postgres.server, logFile: folder.log(of: "postgres"))
            try await servers.wait(for: "PostgreSQL", log: folder.log(of: "postgres")) {
                await postgres.isReady(lock: folder.childrenLock, stop: site.stop)
            }
            try await postgres.createDatabase(lock: folder.childrenLock, stop: site.stop)
        }
    }

    /// Starts the product's own programs, plants the demo business, and waits until somebody wants it to end.
    private func start(
        _ programs: DevPrograms, in children: DevRing, of site: DevSite, _ secrets: DevSecrets
    ) async throws {
        children.start(programs.control)
        children.start(programs.simulator)
        for node in programs.nodes { children.start(node) }
        let ready = [programs.controlURL + "/ready", programs.simulatorURL + "/health"]
        for url in ready + programs.nodeURLs.map({ $0 + "/ready" }) {
            try await children.wait(for: url) { await DevRPC.isOK(url) }
        }
        let rpc = DevRPC(url: programs.controlURL, token: secrets["METACHAT_ADMIN_TOKEN"])
        let revision = try await DevSeed(rpc: rpc, secrets: secrets, mark: site.folder.seededMark).plant()
        if revision > 0 {
            try await rpc.call("fleet.wait", ["revision": .integer(revision), "timeoutMs": 20_000])
        }
        let banner = DevBanner(programs: programs, folder: site.folder)
        try DevFile.write(banner.urls, to: site.folder.urlsFile)
        site.console.say(banner.text)
        await site.stop.wait()
        site.console.say("Stopping…")
    }
}
