/// Settings of a ``BrokerClient``. The defaults suit a node.
package struct BrokerConfiguration: Sendable {
    package var url: BrokerURL
    /// Shown in RabbitMQ's list of connections.
    package var connectionName = "metachat"
    /// Asked for; the broker may make it shorter. Silence of twice this long ends a connection.
    package var heartbeat = Duration.seconds(10)
    /// For TCP and TLS.
    package var connectTimeout = Duration.seconds(5)
    /// For the login.
    package var handshakeTimeout = Duration.seconds(10)
    /// For declaring, binding, consuming: what the broker has to answer.
    package var requestTimeout = Duration.seconds(15)
    package var reconnect = Backoff(base: .milliseconds(200), cap: .seconds(5))
    /// Between attempts to set up a consumer whose channel the broker closed.
    package var reconsume = Backoff(base: .milliseconds(200), cap: .seconds(10))
    /// What may be on its way to the broker unconfirmed.
    package var window = PublishLimits()
    /// What may wait for room in the window; more fails with ``PublishFailure/overloaded``.
    package var waitingMessages = 16_384
    package var waitingBytes = 64 << 20
    /// The largest body in bytes, outgoing and incoming. A larger delivery is rejected without requeueing.
    package var maximumBody = 16 << 20
    /// Of the durable queues that ``BrokerClient`` declares for the application.
    package var queueType = QueueType.quorum
    /// Consumers live on this many connections; each holds up to 1,000.
    package var consumerConnections = 1

    package init(url: BrokerURL) {
        self.url = url
        if let heartbeat = url.heartbeat { self.heartbeat = heartbeat }
        if let timeout = url.connectTimeout { connectTimeout = timeout }
    }
}
