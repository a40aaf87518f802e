import CoreMetrics
import Logging
import Observability
import ServiceLifecycle
import UnixSignals

/// What every long-running subcommand does alike.
enum Process {
    /// Lets swift-metrics write into a registry, with the process's own figures in it.
    static func startMetrics() -> MetricRegistry {
        let registry = MetricRegistry()
        MetricsSystem.bootstrap(registry)
        ProcessCollector.install(in: registry)
        registry.gauge(.buildInfo, ["version": MetaChatVersion.current]).set(1)
        return registry
    }

    /// Runs services until SIGTERM or SIGINT, then stops them gracefully, the last first, within the bound.
    static func run(_ services: [any Service], bound: Duration, logger: Logger) async throws {
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(logger))
        configuration.maximumGracefulShutdownDuration = bound
        try await ServiceGroup(configuration: configuration).run()
    }

    /// The life cycle's own lines matter when something is wrong only.
    private static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .error)
        return logger
    }
}
