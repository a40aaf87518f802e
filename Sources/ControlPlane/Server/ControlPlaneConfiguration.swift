/// How a control plane is set up.
package struct ControlPlaneConfiguration: Sendable {
    /// Address to listen on.
    package var host: String
    /// 0: any free port; ``ControlPlaneServer/init`` tells which through `onListening`.
    package var port: Int
    /// Bearer token of role admin; nil: there is none.
    package var adminToken: String?
    /// Bearer token of role node.
    package var nodeToken: String?

    /// Whether functions and webhooks may lead to private, loopback and link-local addresses.
    package var allowsPrivateURLs: Bool

    /// Largest body of a request, in bytes.
    package static let maxBody = 1 << 20

    package init(
        host: String = "127.0.0.1", port: Int = 7070, adminToken: String?, nodeToken: String?,
        allowsPrivateURLs: Bool = false
    ) {
        self.host = host
        self.port = port
        self.adminToken = adminToken
        self.nodeToken = nodeToken
        self.allowsPrivateURLs = allowsPrivateURLs
    }
}
