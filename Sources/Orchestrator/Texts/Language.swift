package import Domain

/// The languages the bot has words for.
package enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case german = "de"
    case croatian = "hr"

    /// The tenant's languages that we have, the preferred first; English where we have none of them.
    package static func spoken(_ settings: TenantSettings) -> [Language] {
        var result: [Language] = []
        for tag in settings.locale {
            let primary = tag.split(whereSeparator: { $0 == "-" || $0 == "_" }).first.map { $0.lowercased() }
            if let language = primary.flatMap(Language.init(rawValue:)), !result.contains(language) {
                result.append(language)
            }
        }
        return result.isEmpty ? [.english] : result
    }

    /// In which of the tenant's languages to answer: the one whose small words the text uses most, else the preferred.
    static func of(_ words: [String], among languages: [Language]) -> Language {
        guard languages.count > 1 else { return languages.first ?? .english }
        var (best, most) = (languages[0], words.count { languages[0].lexicon.isTypical($0) })
        for language in languages.dropFirst() {
            let number = words.count { language.lexicon.isTypical($0) }
            if number > most { (best, most) = (language, number) }
        }
        return best
    }

    var lexicon: Lexicon {
        switch self {
        case .english: .english
        case .german: .german
        case .croatian: .croatian
        }
    }
}
