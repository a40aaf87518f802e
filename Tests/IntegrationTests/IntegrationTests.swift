import Testing

/// The real programs against a real PostgreSQL and RabbitMQ, one scene after the other: they share the cores, and the
/// services that some of them stop. The limit is for what hangs; a busy machine may take its time.
@Suite(.serialized, .timeLimit(.minutes(30)))
enum IntegrationTests {}
