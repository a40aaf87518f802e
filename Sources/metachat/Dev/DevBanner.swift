/// What `metachat dev` says when everything is ready.
struct DevBanner: Sendable {
    let programs: DevPrograms
    let folder: DevFolder

    var text: String {
        """

        MetaChat is ready.

          Write as a customer   \(programs.simulatorURL)/
          Control plane         \(programs.controlURL)/rpc
          Nodes                 \(programs.nodeURLs.joined(separator: "  "))
          Demo webhook          \(programs.webhookURLs[0])
          Tokens and keys       \(folder.secretsFile)
          All URLs              \(folder.urlsFile)

        Ask the simulator's page something like "How long does shipping take?". Or look around:

          . \(folder.secretsFile)
          curl -s \(programs.controlURL)/rpc -H "Authorization: Bearer $METACHAT_ADMIN_TOKEN" \\
            -H 'Content-Type: application/json' -d '{"jsonrpc":"2.0","id":1,"method":"fleet.list"}'

        Ctrl-C stops everything. Data stays in \(folder.path).

        """
    }

    /// For scripts: `name=value` lines, the servers' URLs with their passwords among them.
    var urls: String {
        """
        simulator=\(programs.simulatorURL)
        control=\(programs.controlURL)
        node1=\(programs.nodeURLs[0])
        node2=\(programs.nodeURLs[1])
        webhook=\(programs.webhookURLs[0])
        database=\(programs.databaseURL)
        broker=\(programs.brokerURL)

        """
    }
}
