package import Sealing

/// What holds for every channel that has no value of its own, from the process's environment.
package struct ChannelDefaults: Sendable {
    /// Without a slash at its end.
    package var graphURL: String
    /// `vNN.N`.
    package var graphVersion: String
    /// How long the Graph API may take to answer one request.
    package var sendTimeoutMilliseconds: Int64
    package var whatsapp: MetaApp

    /// The credentials of one of Meta's products.
    package struct MetaApp: Sendable, CustomStringConvertible, CustomReflectable {
        package var verifyToken: String?
        package var accessToken: String?
        package var appSecret: HMACKey?

        /// Empty values count as absent.
        package init(verifyToken: String? = nil, accessToken: String? = nil, appSecret: String? = nil) {
            self.verifyToken = verifyToken.flatMap { $0.isEmpty ? nil : $0 }
            self.accessToken = accessToken.flatMap { $0.isEmpty ? nil : $0 }
            self.appSecret = appSecret.flatMap { $0.isEmpty ? nil : HMACKey($0) }
        }

        package var description: String { "[credentials]" }
        package var customMirror: Mirror { Mirror(self, children: []) }
    }

    package init(
        graphURL: String = "https://graph.facebook.com", graphVersion: String = "v26.0",
        sendTimeoutMilliseconds: Int64 = 30_000, whatsapp: MetaApp = MetaApp()
    ) {
        var base = graphURL
        while base.utf8.last == UInt8(ascii: "/") { base.removeLast() }
        self.graphURL = base
        self.graphVersion = graphVersion
        self.sendTimeoutMilliseconds = sendTimeoutMilliseconds
        self.whatsapp = whatsapp
    }
}
