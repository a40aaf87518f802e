extension TLSOptions {
    /// Serving HTTPS comes with a later release; a setting that would be ignored stops the program.
    func refuse() throws {
        for (variable, value) in [("METACHAT_TLS_CERT", tlsCert), ("METACHAT_TLS_KEY", tlsKey)]
        where Setting.text(variable, value) != nil {
            throw SettingError(
                variable: variable, message: "this version serves plain HTTP only; let a proxy terminate TLS")
        }
    }
}
