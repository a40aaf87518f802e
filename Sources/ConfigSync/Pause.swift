import ServiceLifecycle

/// Sleeps.
///
/// - Returns: whether to go on; false when the task was cancelled, which ends the loop around it.
func pause(_ duration: Duration) async -> Bool {
    do {
        try await Task.sleep(for: duration)
        return true
    } catch {
        return false
    }
}

/// Returns when the process is to stop gracefully, or the task was cancelled: either ends what the caller keeps up.
func shutdownOrCancellation() async {
    do {
        try await gracefulShutdown()
    } catch {
        // Cancelled: that is an end like the other.
    }
}
