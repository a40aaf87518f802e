/// PostgreSQL's text search configurations, by language.
package enum SearchLanguage {
    private static let names = [
        "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english",
        "es": "spanish", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
        "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
        "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pt": "portuguese",
        "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
        "yi": "yiddish",
    ]

    /// The configuration for a BCP 47 tag: english where none is given, simple for languages without one.
    package static func name(forLocale tag: String?) -> String {
        guard let tag else { return "english" }
        let language = tag.prefix { $0 != "-" && $0 != "_" }.lowercased()
        return names[language] ?? "simple"
    }
}
