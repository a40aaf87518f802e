import Channels
import Domain
import Glibc
import JSONCoding
import Sealing

// What one webhook costs inside the node before it goes to the broker, step by step, on one core.

/// A webhook of the documented shape, 650 bytes.
let body = Array(
    #"""
    {"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},"contacts":[{"profile":{"name":"Zo\u00eb Customer"},"wa_id":"16505551234"}],"messages":[{"from":"16505551234","id":"wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=","timestamp":"1763800000","type":"text","text":{"body":"What are your opening hours on a public holiday, and may I bring my dog? I would come by train, so please tell me the way from the station too."}}]},"field":"messages"}]}]}
    """#.utf8)

/// Keeps the optimizer from leaving out what nobody uses.
@inline(never)
func use<T>(_ value: T) {}

func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// The best of five rounds, in microseconds of CPU each.
func measure(_ name: String, _ work: () throws -> Void) rethrows {
    var best = Double.infinity
    for _ in 0..<5 {
        let began = cpuSeconds()
        var times = 0
        while cpuSeconds() - began < 0.1 {
            for _ in 0..<50 { try work() }
            times += 50
        }
        best = min(best, (cpuSeconds() - began) / Double(times) * 1e6)
    }
    let hundredths = Int((best * 100).rounded())
    let fraction = "0\(hundredths % 100)".suffix(2)
    print("\(name): \(hundredths / 100).\(fraction) µs")
}

let key = HMACKey("an-app-secret-of-32-hex-digits-0")
let signature = WebhookSignature.header(for: body, key: key)
let place = WhatsAppWebhook.Destination(tenantID: "bench", channelID: "bench-whatsapp")
let now = Timestamp(milliseconds: 1_763_800_000_000)
let document = try JSONDocument(parsing: body, limits: .webhook)
let message = try WhatsAppWebhook.parse(document, now: now) { _ in place }.messages[0]
let written = message.serialized()

print("webhook \(body.count) bytes, message \(written.count) bytes, CPU per call, best of 5")
measure("HMAC check of the body") { use(WebhookSignature.isValid(header: signature, body: body, keys: [key])) }
try measure("JSON parse of the webhook") { use(try JSONDocument(parsing: body, limits: .webhook)) }
try measure("JSON parse and normalise") {
    let document = try JSONDocument(parsing: body, limits: .webhook)
    use(try WhatsAppWebhook.parse(document, now: now) { _ in place })
}
measure("JSON write of the message") { use(message.serialized()) }
try measure("JSON read of the message") {
    use(try JSONReader.read(JSONValue.parse(written)) { NormalizedMessage(reading: $0) })
}
