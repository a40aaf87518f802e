import NIOSSL

extension TLSOptions {
    /// How a listener serves HTTPS; nil where neither file is given. TLS 1.2 and later.
    ///
    /// - Throws: ``SettingError`` where only one is given, a file cannot be read, or the key is not the certificate's.
    func configuration() throws -> TLSConfiguration? {
        let certificate = Setting.text("METACHAT_TLS_CERT", tlsCert)
        let key = Setting.text("METACHAT_TLS_KEY", tlsKey)
        guard certificate != nil || key != nil else { return nil }
        guard let certificate else {
            throw SettingError(variable: "METACHAT_TLS_CERT", message: "is needed beside METACHAT_TLS_KEY")
        }
        guard let key else {
            throw SettingError(variable: "METACHAT_TLS_KEY", message: "is needed beside METACHAT_TLS_CERT")
        }
        let chain = try Self.certificates(certificate, "METACHAT_TLS_CERT")
        let privateKey: NIOSSLPrivateKey
        do {
            privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
        } catch {
            throw SettingError(variable: "METACHAT_TLS_KEY", message: "\(key) cannot be read as a PEM private key")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do {
            // Here, and not with the first visitor, it shows whether the two belong together.
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw SettingError(
                variable: "METACHAT_TLS_KEY", message: "is not the key of the certificate in \(certificate)")
        }
        return configuration
    }

    static func certificates(_ path: String, _ variable: String) throws -> [NIOSSLCertificate] {
        do {
            let certificates = try NIOSSLCertificate.fromPEMFile(path)
            if !certificates.isEmpty { return certificates }
        } catch {
            // Told below, like a file without any.
        }
        throw SettingError(variable: variable, message: "\(path) cannot be read as PEM certificates")
    }
}
