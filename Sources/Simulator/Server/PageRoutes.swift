import HTTPTypes
import Hummingbird
import NIOCore

/// The page with the phones: three texts that travel inside the binary.
struct PageRoutes: Sendable {
    func add(to router: Router<SimulatorContext>) {
        router.get("/") { _, _ in Self.response(PageAssets.html, "text/html; charset=utf-8") }
        router.get("simulator/page.css") { _, _ in Self.response(PageAssets.css, "text/css; charset=utf-8") }
        router.get("simulator/page.js") { _, _ in Self.response(PageAssets.script, "text/javascript; charset=utf-8") }
    }

    private static func response(_ text: String, _ type: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: type, .cacheControl: "no-cache", .xContentTypeOptions: "nosniff",
                .contentSecurityPolicy:
                    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            ],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
