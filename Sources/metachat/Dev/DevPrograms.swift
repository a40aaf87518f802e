/// The product's own programs as `metachat dev` starts them.
struct DevPrograms: Sendable {
    let program: String
    let folder: String
    let secrets: DevSecrets
    let databaseURL: String
    let brokerURL: String
    let controlPort: Int
    let nodePorts: [Int]
    let simulatorPort: Int

    var controlURL: String { "http://127.0.0.1:\(controlPort)" }
    var nodeURLs: [String] { nodePorts.map { "http://127.0.0.1:\($0)" } }
    var simulatorURL: String { "http://127.0.0.1:\(simulatorPort)" }
    var webhookURLs: [String] {
        nodeURLs.map { $0 + "/api/integrations/whatsapp/\(DevSeed.tenantID)" }
    }

    var migrate: ChildSpec { child("migrate", ["migrate"], [:]) }

    var control: ChildSpec {
        child(
            "control", ["control"],
            ["METACHAT_CONTROL_BIND": "127.0.0.1:\(controlPort)", "METACHAT_GRAPH_URL": simulatorURL])
    }

    var nodes: [ChildSpec] {
        nodePorts.enumerated().map { index, port in
            child(
                "node-\(index + 1)", ["node"],
                [
                    "METACHAT_NODE_BIND": "127.0.0.1:\(port)", "METACHAT_NODE_ID": "node-\(index + 1)",
                    "METACHAT_CONTROL_URL": controlURL, "METACHAT_GRAPH_URL": simulatorURL,
                ])
        }
    }

    var simulator: ChildSpec {
        child(
            "simulator", ["simulate"],
            [
                "METACHAT_SIMULATOR_BIND": "127.0.0.1:\(simulatorPort)",
                // A load balancer in one line: webhooks go to the nodes in turn.
                "METACHAT_SIMULATOR_WEBHOOK_URL": webhookURLs.joined(separator: ","),
                "METACHAT_SIMULATOR_NUMBERS": "\(DevSeed.numberID)=\(DevSeed.displayNumber)",
                "METACHAT_SIMULATOR_BUSINESS": DevSeed.business,
            ])
    }

    private func child(_ name: String, _ arguments: [String], _ own: [String: String]) -> ChildSpec {
        // What the person set goes on to the children; what dev decides wins.
        var environment = Setting.environment
        // Of no use behind a private address, and wrong for the second node.
        for name in ["METACHAT_PUBLIC_URL", "METACHAT_ADVERTISE_URL", "METACHAT_TLS_CERT", "METACHAT_TLS_KEY"] {
            environment[name] = nil
        }
        for (name, value) in secrets.values where !name.hasPrefix("DEV_") { environment[name] = value }
        environment["DATABASE_URL"] = databaseURL
        environment["RABBITMQ_URL"] = brokerURL
        environment["METACHAT_LOG_FORMAT"] = "text"
        environment["WORKER_DRAIN_TIMEOUT_MS"] = environment["WORKER_DRAIN_TIMEOUT_MS"] ?? "8000"
        environment.merge(own) { _, own in own }
        return ChildSpec(name: name, command: [program] + arguments, environment: environment, folder: folder)
    }
}
