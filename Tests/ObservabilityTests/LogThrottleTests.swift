import Observability
import Testing

@Suite struct LogThrottleTests {
    @Test func oneLineAnIntervalTellsOfTheOthers() {
        let throttle = LogThrottle(interval: .seconds(1))
        let start = ContinuousClock.now
        #expect(throttle.pass(at: start) == 0)
        for step in 1...9 { #expect(throttle.pass(at: start + .milliseconds(step * 100)) == nil) }
        #expect(throttle.pass(at: start + .seconds(1)) == 9)
        #expect(throttle.pass(at: start + .milliseconds(1999)) == nil)
        #expect(throttle.pass(at: start + .seconds(60)) == 1)
    }
}
