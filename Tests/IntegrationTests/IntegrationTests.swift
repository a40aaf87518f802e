import Support
import Testing

/// The real programs against a real PostgreSQL and RabbitMQ, one scene after the other: they share the cores, and the
/// services that some of them stop. The limit is for what hangs; a busy machine may take its time.
@Suite(.serialized, .timeLimit(.minutes(ProcessFixture.setting("METACHAT_FUZZ_REQUESTS") == nil ? 30 : 60)))
enum IntegrationTests {}
