import AsyncHTTPClient
import NIOCore
import NIOSSL
import Synchronization

/// The HTTP clients that live as long as the program.
enum ControlHTTP {
    /// Trusts the system's authorities.
    static let plain = make(nil)
    /// A client must be shut down before it goes; these end with the program.
    private static let kept = Mutex<[HTTPClient]>([])

    /// Trusts those of a PEM file too.
    ///
    /// - Throws: ``CtlFailure`` with the status ``CtlStatus/config`` for a file that holds none.
    static func trusting(_ authorities: ConnectionPlan.Authorities) throws(CtlFailure) -> HTTPClient {
        let (path, origin) = (authorities.path, authorities.origin)
        let bytes = try Files.read(path, limit: 4 << 20)
        let certificates: [NIOSSLCertificate]
        do { certificates = try NIOSSLCertificate.fromPEMBytes(bytes) } catch { certificates = [] }
        guard !certificates.isEmpty else { throw .config("\(path) (from \(origin)): holds no PEM certificates") }
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.additionalTrustRoots = [.certificates(certificates)]
        let client = make(tls)
        kept.withLock { $0.append(client) }
        return client
    }

    /// A refused connection is an answer: nobody waits for the next attempt.
    private static func make(_ tls: TLSConfiguration?) -> HTTPClient {
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, timeout: .init(connect: .seconds(10)))
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Why no connection with TLS came about; nil for other errors.
    static func words(_ error: any Error) -> String? {
        switch error {
        case is NIOSSLExtraError: "its certificate is not for this host"
        case let error as NIOSSLError:
            switch error {
            case .handshakeFailed(let cause) where "\(cause)".contains("CERTIFICATE_VERIFY_FAILED"):
                "its certificate comes from no authority that is trusted here (--ca-file names one)"
            case .handshakeFailed(let cause) where "\(cause)".contains("WRONG_VERSION_NUMBER"):
                "it does not speak HTTPS there"
            case .handshakeFailed: "no TLS connection could be agreed on"
            default: nil
            }
        default: nil
        }
    }
}
