import Domain
import Testing

struct OutboundURLTests {
    @Test(arguments: [
        "https://example.com", "http://example.com:8080/path?x=1#y", "https://sub.example.co.uk/", "https://8.8.8.8/",
        "https://[2606:4700::1111]/", "https://xn--bcher-kva.example/a%20b",
    ])
    func publicOnesAreFine(_ url: String) { #expect(OutboundURL.fault(url, allowPrivate: false) == nil) }

    @Test(arguments: [
        "http://localhost/", "http://LOCALHOST.:80", "https://127.0.0.1", "http://127.1/", "http://2130706433/",
        "http://0x7f000001/", "http://0x7f.1/", "http://0177.0.0.1/", "http://10.1.2.3", "http://172.16.0.1",
        "http://172.31.255.255", "http://192.168.1.1", "http://169.254.169.254/latest/meta-data", "http://100.64.0.1",
        "http://0.0.0.0", "http://[::1]/", "http://[::]/", "http://[fe80::1]", "http://[fd00::1]",
        "http://[::ffff:127.0.0.1]/", "http://[::ffff:a00:1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
        "http://printer.local/", "http://metadata.google.internal/", "http://intranet/", "http://224.0.0.1",
        "http://255.255.255.255", "http://[ff02::1]/", "http://[::127.0.0.1]/",
    ])
    func privateOnesAreForThoseWhoMay(_ url: String) {
        #expect(OutboundURL.fault(url, allowPrivate: false) == "not lead to a private, loopback or link-local address")
        #expect(OutboundURL.fault(url, allowPrivate: true) == nil)
    }

    @Test(arguments: [
        "", "example.com", "ftp://example.com", "https://", "https:///path", "https://user@example.com",
        "https://user:pw@example.com/", "https://example.com\\@127.0.0.1/", "https://exa mple.com",
        "https://example.com:0",
        "https://example.com:65536", "https://example.com:x", "https://[::1", "https://[example.com]/",
        "https://[::1]x/", "javascript:alert(1)", "https://bücher.example", "https://example.com/\n",
        "https://" + String(repeating: "a", count: 2100),
    ])
    func othersAreNone(_ url: String) { #expect(OutboundURL.fault(url, allowPrivate: true) != nil) }

    @Test func addressesThatArePublicAreNotPrivate() {
        for text in [
            "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "198.20.0.1", "223.255.255.255",
        ] {
            #expect(IPAddress(text)?.isPrivate == false, "\(text)")
        }
        for text in ["1.2.3", "256.1.1.1", "::g", "", "1.2.3.4.5", "fe80::1%eth0"] { #expect(IPAddress(text) == nil) }
    }
}
