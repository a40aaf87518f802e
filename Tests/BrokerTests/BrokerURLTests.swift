import Broker
import Testing

struct BrokerURLTests {
    @Test func readsEveryPart() throws {
        let url = try BrokerURL(
            parsing: "amqps://al%3Aice:p%40ss%2Fw%25rd@mq.example.com:5999/team%2Fone?cacertfile=/etc/ca%20file.pem"
                + "&verify=verify_none&heartbeat=7&connection_timeout=1500&certfile=/c.pem&keyfile=/k.pem")
        #expect(url.secure)
        #expect(url.user == "al:ice")
        #expect(url.password == "p@ss/w%rd")
        #expect(url.host == "mq.example.com")
        #expect(url.port == 5999)
        #expect(url.virtualHost == "team/one")
        #expect(url.certificateAuthority == "/etc/ca file.pem")
        #expect(url.certificate == "/c.pem")
        #expect(url.key == "/k.pem")
        #expect(!url.verify)
        #expect(url.heartbeat == .seconds(7))
        #expect(url.connectTimeout == .milliseconds(1500))
    }

    @Test func fillsInDefaults() throws {
        let plain = try BrokerURL(parsing: "amqp://")
        #expect(plain.host == "localhost")
        #expect(plain.port == 5672)
        #expect(plain.user == "guest")
        #expect(plain.password == "guest")
        #expect(plain.virtualHost == "/")
        #expect(plain.verify)
        #expect(try BrokerURL(parsing: "AMQPS://h").port == 5671)
        #expect(try BrokerURL(parsing: "amqp://h/").virtualHost == "/")
        #expect(try BrokerURL(parsing: "amqp://h/%2F").virtualHost == "/")
        #expect(try BrokerURL(parsing: "amqp://u@h").password == "")
        let v6 = try BrokerURL(parsing: "amqp://u:p@[::1]:99/v")
        #expect(v6.host == "::1")
        #expect(v6.port == 99)
        #expect(v6.description == "amqp://[::1]:99/v")
    }

    @Test(arguments: [
        "", "localhost", "http://h", "amqp:h", "amqp://h:0", "amqp://h:65536", "amqp://h:5x", "amqp://h:+5",
        "amqp://h/a/b", "amqp://h/%2", "amqp://h/%zz", "amqp://h/%00", "amqp://%ff@h", "amqp://[::1", "amqp://[::1]x",
        "amqp://h#f", "amqp://h?verify=maybe", "amqp://h?heartbeat=-1", "amqp://h?heartbeat=70000",
        "amqp://h?connection_timeout=0", "amqp://h?secret=1", "amqp://u:se%cret@h",
    ])
    func refusesWhatIsNoURL(text: String) {
        let fault = #expect(throws: BrokerURL.Fault.self) { try BrokerURL(parsing: text) }
        #expect(fault?.description.contains("cret") != true)
    }

    @Test func neverShowsCredentials() throws {
        let url = try BrokerURL(parsing: "amqp://wombat:hunter2@h:1/v")
        var dumped = ""
        dump(url, to: &dumped)
        dump(BrokerConfiguration(url: url), to: &dumped)
        for text in ["\(url)", String(reflecting: url), String(describing: BrokerConfiguration(url: url)), dumped] {
            #expect(!text.contains("hunter2"))
            #expect(!text.contains("wombat"))
        }
        #expect("\(url)" == "amqp://h:1/v")
    }
}
