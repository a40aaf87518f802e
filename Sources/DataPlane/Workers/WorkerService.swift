package import Channels
package import Domain
package import Logging
package import Orchestrator
import ServiceLifecycle

/// The worker half of a node: consumes its share of the queues, answers, sends, writes statuses, sweeps.
///
/// Everything it needs is injected; it owns no connection. Runs until graceful shutdown (then it drains: takes nothing
/// new, lets what runs end within ``WorkerConfig/drainMilliseconds``) or until its task is cancelled.
package final class WorkerService: Service {
    package struct Dependencies: Sendable {
        package var broker: any MessageBroker
        package var store: any MessageStore
        package var documents: any DocumentStore
        package var registry: any QueueRegistry
        package var queues: any QueueOpening
        package var routing: Routing
        package var membership: any WorkerMembership
        package var transport: any HTTPTransport
        package var timekeeper: any Timekeeper
        package var logger: Logger

        package init(
            broker: any MessageBroker, store: any MessageStore, documents: any DocumentStore,
            registry: any QueueRegistry, queues: any QueueOpening, routing: Routing,
            membership: any WorkerMembership, transport: any HTTPTransport, timekeeper: any Timekeeper,
            logger: Logger
        ) {
            self.broker = broker
            self.store = store
            self.documents = documents
            self.registry = registry
            self.queues = queues
            self.routing = routing
            self.membership = membership
            self.transport = transport
            self.timekeeper = timekeeper
            self.logger = logger
        }
    }

    private let nodeID: String
    private let config: WorkerConfig
    private let dependencies: Dependencies
    private let working = InFlight()
    private let gates = ChannelGates()
    private let typing: TypingService
    private let directory: QueueDirectory
    private let consumers: QueueConsumers
    private let retirement: QueueRetirement
    private let statuses: StatusWorker
    private let unknowns: UnknownSweeper
    private let outbox: OutboxSweeper

    /// - Parameter answerer: finds the words of the answers.
    package init(
        nodeID: String, config: WorkerConfig, dependencies: Dependencies, answerer: any Answerer = BuiltinAnswerer()
    ) {
        self.nodeID = nodeID
        self.config = config
        self.dependencies = dependencies
        let (broker, store, routing) = (dependencies.broker, dependencies.store, dependencies.routing)
        let (timekeeper, logger) = (dependencies.timekeeper, dependencies.logger)
        let metrics = WorkerMetrics()
        let pipelineMetrics = PipelineMetrics()
        let graveyard = Graveyard(broker: broker, clock: timekeeper, nodeID: nodeID)
        let publisher = MessagePublisher(broker: broker, queues: dependencies.queues, routing: routing)
        typing = TypingService(
            routing: routing, transport: dependencies.transport, gates: gates, timekeeper: timekeeper, logger: logger)
        directory = QueueDirectory(
            broker: broker, registry: dependencies.registry, timekeeper: timekeeper, logger: logger)
        statuses = StatusWorker(
            broker: broker, store: store, gates: gates, routing: routing, timekeeper: timekeeper,
            graveyard: graveyard, metrics: metrics, logger: logger)
        unknowns = UnknownSweeper(store: store, timekeeper: timekeeper, metrics: metrics, logger: logger)
        outbox = OutboxSweeper(
            store: store, publisher: publisher, membership: dependencies.membership, nodeID: nodeID,
            timekeeper: timekeeper, metrics: metrics, logger: logger)
        let pipeline = Pipeline(
            store: store, documents: dependencies.documents, answerer: answerer, outlet: publisher, typing: typing,
            clock: timekeeper, metrics: pipelineMetrics)
        let sending = SendingContext(
            store: store, routing: routing, transport: dependencies.transport,
            pacer: NumberPacer(store: store, clock: timekeeper),
            slots: SlotPool(total: config.sendConcurrency, perKey: config.channelConcurrency), gates: gates,
            timekeeper: timekeeper, metrics: metrics, nodeID: nodeID, logger: logger)
        consumers = QueueConsumers(
            ownID: nodeID, directory: directory, membership: dependencies.membership, timekeeper: timekeeper,
            logger: logger
        ) { [working] queue in
            func runner<Handler: LaneHandler>(_ handler: Handler, _ running: Int) -> LaneRunner<Handler> {
                LaneRunner(
                    settings: .init(
                        queue: queue.name, deadQueue: queue.dead, running: running, allowance: config.allowance,
                        attemptMilliseconds: config.attemptMilliseconds,
                        drainMilliseconds: config.drainMilliseconds, retries: config.retries),
                    handler: handler, broker: broker, timekeeper: timekeeper, graveyard: graveyard,
                    metrics: metrics, inFlight: working, logger: logger)
            }
            switch queue.direction {
            case .inbound:
                return runner(
                    InboundHandler(
                        queue: queue, pipeline: pipeline, store: store, routing: routing, timekeeper: timekeeper,
                        metrics: pipelineMetrics, logger: logger), config.prefetch)
            case .outbound:
                return runner(OutboundHandler(queue: queue, context: sending), config.senderPrefetch)
            }
        }
        retirement = QueueRetirement(
            broker: broker, registry: dependencies.registry, directory: directory, consumers: consumers,
            membership: dependencies.membership, routing: routing, timekeeper: timekeeper, logger: logger)
    }

    /// Messages being worked on now; for reports.
    package var inFlight: Int { working.count }

    /// Why a channel's sends are paused on this node; nil when they are not.
    package func pause(ofChannel id: String) -> (reason: String, code: Int64?)? {
        gates.pause(id).map { ($0.reason, $0.code) }
    }

    package func run() async {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                let background = Tripwire()
                group.addTask {
                    await background.guarding {
                        await withDiscardingTaskGroup { group in
                            group.addTask { await self.directory.run() }
                            group.addTask { await self.typing.run() }
                            group.addTask { await self.unknowns.run() }
                            group.addTask { await self.outbox.run() }
                            group.addTask { await self.retirement.run() }
                        }
                    }
                }
                group.addTask { await self.statuses.run() }
                await consumers.run()
                statuses.stop()
                background.trip()
            }
        } onGracefulShutdown: {
            self.drain()
        }
    }

    /// Takes nothing new; ``run()`` returns when what runs has ended, at the latest after the drain's time-out.
    package func drain() {
        consumers.drain()
        statuses.stop()
    }
}
