import CPostgres

/// How to reach a database, and how long to wait for it.
package struct PostgresConfiguration: Sendable {
    /// A libpq connection URL or keyword string. Holds a password: never logged.
    package var url: String
    /// Shown in `pg_stat_activity` unless the URL names another.
    package var applicationName: String
    /// The longest a connection may take to come about.
    package var connectTimeout: Duration
    /// The longest a statement may take unless its call says otherwise.
    package var statementTimeout: Duration
    /// How long the server may take to obey a cancel request before the connection counts as lost.
    package var cancelGrace: Duration
    /// How many statements a connection keeps prepared.
    package var statementCacheLimit: Int

    package init(
        url: String, applicationName: String = "metachat", connectTimeout: Duration = .seconds(5),
        statementTimeout: Duration = .seconds(30), cancelGrace: Duration = .seconds(5), statementCacheLimit: Int = 256
    ) {
        self.url = url
        self.applicationName = applicationName
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.cancelGrace = cancelGrace
        self.statementCacheLimit = statementCacheLimit
    }

    /// Checks that libpq understands the URL. Says nothing of its contents, which hold a password.
    package static func isValid(url: String) -> Bool {
        guard !url.isEmpty, !url.utf8.contains(0), let options = PQconninfoParse(url, nil) else { return false }
        PQconninfoFree(options)
        return true
    }

    /// What libpq is given: our defaults first, so that the URL overrides them, then what is not negotiable.
    var keywords: [(String, String)] {
        [
            ("fallback_application_name", applicationName),
            // A peer that vanished is noticed within half a minute, also while nothing is sent.
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "20000"),
            ("dbname", url),
            ("client_encoding", "UTF8"),
        ]
    }
}
