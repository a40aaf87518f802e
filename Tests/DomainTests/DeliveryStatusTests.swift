import Domain
import Testing

struct DeliveryStatusTests {
    @Test func onlyForward() {
        let order: [DeliveryStatus] = [.queued, .sending, .unknown, .sent, .delivered, .read]
        for (index, status) in order.enumerated() {
            for (other, next) in order.enumerated() {
                let reportable: Set<DeliveryStatus> = [.sent, .delivered, .read]
                #expect(
                    status.advances(to: next) == (other > index && reportable.contains(next)), "\(status) → \(next)")
            }
        }
    }

    @Test func failureIsFinalAndComesOnlyBeforeDelivery() {
        for status in [DeliveryStatus.queued, .sending, .unknown, .sent] { #expect(status.advances(to: .failed)) }
        for status in [DeliveryStatus.delivered, .read, .failed] { #expect(!status.advances(to: .failed)) }
        for next in DeliveryStatus.allCases { #expect(!DeliveryStatus.failed.advances(to: next)) }
    }
}
