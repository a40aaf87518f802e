import Testing

@testable import metachat

@Suite struct RestartBudgetTests {
    @Test func aFewDeathsAreForgivenEachWithALongerPause() {
        var budget = RestartBudget(limit: 3, window: .seconds(60))
        let start = ContinuousClock.now
        #expect(budget.died(at: start) == .milliseconds(250))
        #expect(budget.died(at: start + .seconds(1)) == .milliseconds(500))
        #expect(budget.died(at: start + .seconds(2)) == .milliseconds(1000))
        #expect(budget.died(at: start + .seconds(3)) == nil)
    }

    @Test func oldDeathsAreForgotten() {
        var budget = RestartBudget(limit: 1, window: .seconds(60))
        let start = ContinuousClock.now
        #expect(budget.died(at: start) != nil)
        #expect(budget.died(at: start + .seconds(61)) == .milliseconds(250))
        #expect(budget.died(at: start + .seconds(100)) == nil)
    }
}
