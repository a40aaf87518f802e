import Support
import Testing

/// The real programs against a real PostgreSQL and RabbitMQ, one scene after the other: they share the cores, and the
/// services that some of them stop.
@Suite(
    .serialized,
    .timeLimit(
        .minutes(
            ProcessFixture.setting("METACHAT_FUZZ_REQUESTS") != nil
                ? 60 : ProcessFixture.setting("METACHAT_CHAOS_WEBHOOKS") != nil ? 20 : 5)))
enum IntegrationTests {}
