import Testing

/// The real programs against a real PostgreSQL and RabbitMQ, one scene after the other: they share the cores, and the
/// services that some of them stop.
@Suite(.serialized, .timeLimit(.minutes(5)))
enum IntegrationTests {}
