/// Waits for something that other tasks bring about: looks again and again, until a deadline that only a fault reaches.
///
/// - Parameter between: called after every look in vain, for instance to move a manual clock.
/// - Returns: whether it came about.
package func eventually(
    within limit: Duration = .seconds(120), between: () async -> Void = {}, _ condition: () async -> Bool
) async -> Bool {
    let clock = ContinuousClock()
    let deadline = clock.now + limit
    var looks = 0
    while clock.now < deadline {
        if await condition() { return true }
        await between()
        looks += 1
        if looks < 20 {
            await Task.yield()
        } else {
            do { try await clock.sleep(for: .milliseconds(1)) } catch { return await condition() }
        }
    }
    return await condition()
}
