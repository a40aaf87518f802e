package import Hummingbird
import NIOCore

/// A request with its sender's address.
package struct ControlRequestContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Without the port; empty when the connection is gone already.
    package let remoteAddress: String

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress ?? ""
    }

    /// Whether the sender is this machine.
    var isLoopback: Bool {
        let address = remoteAddress.hasPrefix("::ffff:") ? String(remoteAddress.dropFirst(7)) : remoteAddress
        return address == "::1" || address.hasPrefix("127.")
    }
}
