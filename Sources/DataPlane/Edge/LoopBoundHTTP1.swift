package import HummingbirdCore
package import Logging
package import NIOCore

/// Hummingbird's HTTP/1.1 connection, its task bound to the connection's event loop.
package struct LoopBoundHTTP1: ServerChildChannel {
    package typealias Value = HTTP1Channel.Value

    private let inner: HTTP1Channel
    private let executors: EventLoopExecutors

    package init(_ inner: HTTP1Channel, executors: EventLoopExecutors) {
        self.inner = inner
        self.executors = executors
    }

    package func setup(channel: any NIOCore.Channel, logger: Logger) -> EventLoopFuture<Value> {
        inner.setup(channel: channel, logger: logger)
    }

    package func handle(value: Value, logger: Logger) async {
        await withTaskExecutorPreference(executors[value.channel.eventLoop]) {
            await inner.handle(value: value, logger: logger)
        }
    }
}
