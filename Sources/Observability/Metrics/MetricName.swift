/// What kind of number a metric is.
package enum MetricKind: String, Sendable {
    /// Only goes up, from the start of the process.
    case counter
    /// Goes up and down.
    case gauge
    /// Counts observations by size.
    case histogram
}

/// Every metric of the product: its name, its kind, its meaning, its labels. One place, so that dashboards can trust it.
///
/// Durations are in seconds. Labels hold few values: never ids of messages, conversations or customers.
package enum MetricName: String, Sendable, CaseIterable {
    // Webhooks. Labels: channel, status (HTTP).
    case webhookRequests = "metachat_webhook_requests_total"
    case webhookDuration = "metachat_webhook_duration_seconds"
    case webhookMessages = "metachat_webhook_messages_total"
    case webhookStatuses = "metachat_webhook_statuses_total"
    case webhookForeign = "metachat_webhook_foreign_total"
    case webhookMalformed = "metachat_webhook_malformed_total"

    // Broker. Labels: connection (up), outcome (refused).
    case brokerUp = "metachat_broker_up"
    case brokerReconnects = "metachat_broker_reconnects_total"
    case brokerPublished = "metachat_broker_published_total"
    case brokerConfirmed = "metachat_broker_confirmed_total"
    case brokerRefused = "metachat_broker_refused_total"
    case brokerConfirmDuration = "metachat_broker_confirm_duration_seconds"
    case brokerUnconfirmed = "metachat_broker_unconfirmed"
    case brokerDelivered = "metachat_broker_delivered_total"

    // Database.
    case databaseUp = "metachat_database_up"
    case databaseReconnects = "metachat_database_reconnects_total"
    case databaseQueries = "metachat_database_queries_total"
    case databaseQueryDuration = "metachat_database_query_duration_seconds"
    case databaseConnectionsBusy = "metachat_database_connections_busy"
    case databaseWaiting = "metachat_database_waiting"

    // Inbound: received is the sum over all other outcomes, once nothing is in flight. Label: outcome.
    case inboundMessages = "metachat_inbound_messages_total"
    case inboundDuplicates = "metachat_inbound_duplicates_total"
    case pipelineDuration = "metachat_pipeline_duration_seconds"
    case answersRepublished = "metachat_answers_republished_total"

    // Work and lanes. Label: direction.
    case consumers = "metachat_consumers"
    case lanes = "metachat_lanes"
    case laneWaiting = "metachat_lane_waiting"
    case inFlight = "metachat_in_flight"
    case attemptsFailed = "metachat_attempts_failed_total"
    case attemptsWaited = "metachat_attempts_waited_total"
    case deadMessages = "metachat_dead_messages_total"

    // Sending. Label: result.
    case sends = "metachat_sends_total"
    case sendDuration = "metachat_send_duration_seconds"
    case sendPaced = "metachat_send_paced_seconds"
    case sendsExpired = "metachat_sends_expired_total"
    case statuses = "metachat_statuses_total"
    case statusesMalformed = "metachat_statuses_malformed_total"
    case channelsPaused = "metachat_channels_paused"

    // Config and fleet.
    case configRevision = "metachat_config_revision"
    case configApplied = "metachat_config_applied_total"
    case configRefused = "metachat_config_refused_total"
    case configSnapshots = "metachat_config_snapshots_total"
    case configPublished = "metachat_config_published_total"
    case configOutbox = "metachat_config_outbox"
    case fleetNodes = "metachat_fleet_nodes"

    // HTTP and RPC. Labels: route and status; method and code.
    case httpRequests = "metachat_http_requests_total"
    case httpDuration = "metachat_http_request_duration_seconds"
    case rpcCalls = "metachat_rpc_calls_total"
    case rpcDuration = "metachat_rpc_duration_seconds"
    case authenticationFailures = "metachat_authentication_failures_total"

    case buildInfo = "metachat_build_info"
    case ready = "metachat_ready"
}

extension MetricName {
    package var kind: MetricKind {
        switch rawValue {
        case let name where name.hasSuffix("_total"): .counter
        case let name where name.hasSuffix("_seconds"): .histogram
        default: .gauge
        }
    }

    package var help: String {
        switch self {
        case .webhookRequests: "Webhook requests, by channel type and HTTP status."
        case .webhookDuration: "Time from a webhook's arrival to its answer, by channel type."
        case .webhookMessages: "Messages found in webhooks, by channel type."
        case .webhookStatuses: "Status updates found in webhooks, by channel type."
        case .webhookForeign: "Webhook items for accounts that are none of the tenant's, by channel type; dropped."
        case .webhookMalformed: "Webhook items that could not be read, by channel type; dropped."
        case .brokerUp: "1 while the connection to the broker stands."
        case .brokerReconnects: "Connections to the broker made anew."
        case .brokerPublished: "Messages written to the broker."
        case .brokerConfirmed: "Messages that the broker confirmed."
        case .brokerRefused:
            "Publishes that ended without a confirm, by outcome: returned, refused, timed_out or failed."
        case .brokerConfirmDuration: "Time from publishing a message to its confirm."
        case .brokerUnconfirmed: "Messages published and not yet confirmed."
        case .brokerDelivered: "Messages that the broker delivered to consumers."
        case .databaseUp: "1 while the last use of the database succeeded."
        case .databaseReconnects: "Connections to the database made anew."
        case .databaseQueries: "Statements executed, by outcome: succeeded or failed."
        case .databaseQueryDuration:
            "Time that statements took; outside of transactions with the wait for a connection."
        case .databaseConnectionsBusy: "Connections in use."
        case .databaseWaiting: "Callers that wait for a connection."
        case .inboundMessages: "Inbound messages, by what became of them."
        case .inboundDuplicates: "Inbound messages that had been recorded before."
        case .pipelineDuration: "Time that an inbound message took from its delivery to its outcome."
        case .answersRepublished: "Answers found unpublished and published again."
        case .consumers: "Queues that this node consumes, by direction."
        case .lanes: "Conversations with work under way or waiting, by direction."
        case .laneWaiting: "Messages that wait in lanes, by direction."
        case .inFlight: "Messages being worked on, by direction."
        case .attemptsFailed: "Attempts that failed and counted."
        case .attemptsWaited: "Attempts that had to wait for a dependency; they do not count."
        case .deadMessages: "Messages moved to a dead queue."
        case .sends: "Attempts to send, by result: sent, retried, failed, unknown or paused."
        case .sendDuration: "Time that the platform took to answer a send."
        case .sendPaced: "Time that sends waited for the pacing."
        case .sendsExpired: "Messages whose fate stayed unknown and that count as failed now."
        case .statuses: "Status updates applied to messages."
        case .statusesMalformed: "Status updates that could not be read."
        case .channelsPaused: "Channels whose sending is paused on this node."
        case .configRevision: "The config revision in force here."
        case .configApplied: "Config changes applied; a snapshot that is taken over whole counts as one."
        case .configRefused: "Config changes that could not be applied; the last good config stays."
        case .configSnapshots: "Config snapshots read, by outcome: whole, unchanged or failed."
        case .configPublished: "Config changes published to the fleet."
        case .configOutbox: "Committed config changes that are not yet published."
        case .fleetNodes: "Nodes known to the control plane, by status."
        case .httpRequests: "HTTP requests, by route and status."
        case .httpDuration: "Time from an HTTP request's arrival to its answer, by route."
        case .rpcCalls: "JSON-RPC calls, by method and error code (0 is success)."
        case .rpcDuration: "Time that JSON-RPC calls took, by method."
        case .authenticationFailures: "Requests with a missing or wrong token."
        case .buildInfo: "Always 1; its labels tell the version."
        case .ready: "1 while this process is ready to serve."
        }
    }
}
