package import NIOCore

/// Runs a task's jobs on the event loop of its connection, so that a request is served without changing threads.
///
/// Whoever runs here must not block: the loop serves other connections too.
package final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    package init(_ loop: any EventLoop) { self.loop = loop }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// The executor of each loop of a group, made once.
package struct EventLoopExecutors: Sendable {
    private let executors: [ObjectIdentifier: EventLoopExecutor]

    package init(_ group: any EventLoopGroup) {
        var executors: [ObjectIdentifier: EventLoopExecutor] = [:]
        for loop in group.makeIterator() { executors[ObjectIdentifier(loop)] = EventLoopExecutor(loop) }
        self.executors = executors
    }

    package subscript(_ loop: any EventLoop) -> EventLoopExecutor? { executors[ObjectIdentifier(loop)] }
}
