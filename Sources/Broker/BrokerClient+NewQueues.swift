import Logging
import Synchronization

/// RabbitMQ 3 answers the declaration of a quorum queue, and confirms what is published to it, before the queue can
/// outlive a crash: Ra keeps the names of its logs in a dets table that is written to its file up to three seconds
/// later (rabbitmq/ra #443). A broker that is killed before that finds no log for the queue's name and starts the
/// queue empty; what was confirmed is lost.
///
/// Ra looks every new name up in that table first, and a look-up of what is not in the table's cache writes the cache
/// to the file. So the declaration of any other new quorum queue makes those before it last.
extension BrokerClient {
    /// Declares a queue; when this returns, what is confirmed in it outlives the broker's sudden death.
    ///
    /// Where another process has made the queue a moment ago, that holds when its own call returns.
    func declareLastingly(_ declaration: QueueDeclaration, timeout: Duration) async throws(BrokerError) {
        guard declaration.type == .quorum, serverVersion.hasPrefix("3.") else {
            _ = try await declareQueue(declaration, timeout: timeout)
            return
        }
        let name = declaration.name
        if try await !exists(name, timeout: timeout) { queues.withLock { $0.isFleeting(name) } }
        _ = try await declareQueue(declaration, timeout: timeout)
        guard queues.withLock({ $0.fleeting.contains(name) }) else { return }
        try await settling.share { await self.settle(timeout: timeout) }.get()
        queues.withLock { $0.lasts(name) }
    }

    private func exists(_ name: String, timeout: Duration) async throws(BrokerError) -> Bool {
        do throws(BrokerError) {
            _ = try await inspectQueue(name, timeout: timeout)
            return true
        } catch {
            if case .refused(code: 404, _) = error { return false }
            throw error
        }
    }

    /// Makes every quorum queue declared before last, with a queue that nobody uses.
    private func settle(timeout: Duration) async -> Result<Void, BrokerError> {
        // It goes by itself where it cannot be deleted.
        let declaration = QueueDeclaration(
            name: "metachat.settle.\(UInt64.random(in: 0 ... .max))", type: .quorum,
            arguments: ["x-expires": .integer(60_000)])
        do throws(BrokerError) {
            _ = try await declareQueue(declaration, timeout: timeout)
        } catch {
            return .failure(error)
        }
        do throws(BrokerError) {
            _ = try await deleteQueue(declaration.name, timeout: timeout)
        } catch {
            logger.info(
                "A queue that settled others could not be deleted and expires.",
                metadata: ["queue": "\(declaration.name)", "reason": "\(error)"])
        }
        return .success(())
    }
}
