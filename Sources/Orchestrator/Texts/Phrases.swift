package import Domain

/// What the bot says by itself, in the tenant's language and tone.
package struct Phrases: Sendable {
    private let language: Language
    private let tone: TenantSettings.Tone
    private let brand: String?

    package init(language: Language, settings: TenantSettings) {
        self.language = language
        tone = settings.tone
        brand = settings.brandName
    }

    private func pick(_ friendly: String, _ professional: String, _ casual: String) -> String {
        switch tone {
        case .friendly: friendly
        case .professional: professional
        case .casual: casual
        }
    }

    /// The answer to a greeting.
    package var greeting: String {
        switch language {
        case .english:
            let name = brand.map { " Welcome to \($0)." } ?? ""
            return pick(
                "Hello!\(name) How can I help you?", "Good day.\(name) How may I help you?", "Hi!\(name) What's up?")
        case .german:
            let name = brand.map { " Willkommen bei \($0)." } ?? ""
            return pick(
                "Hallo!\(name) Wie kann ich dir helfen?", "Guten Tag.\(name) Wie kann ich Ihnen helfen?",
                "Hi!\(name) Was gibt's?")
        case .croatian:
            let name = brand.map { " Ovdje \($0)." } ?? ""
            return pick(
                "Pozdrav!\(name) Kako ti mogu pomoći?", "Dobar dan.\(name) Kako Vam mogu pomoći?",
                "Bok!\(name) Što te zanima?"
            )
        }
    }

    /// The answer to thanks and farewells.
    package var closing: String {
        switch language {
        case .english: pick("You're welcome! Write any time.", "You are welcome. We are at your service.", "Any time!")
        case .german: pick("Gern! Schreib jederzeit.", "Gern. Wir sind jederzeit für Sie da.", "Gerne!")
        case .croatian:
            pick("Nema na čemu! Piši kad god želiš.", "Nema na čemu. Stojimo Vam na raspolaganju.", "Nema na čemu!")
        }
    }

    /// Before a quotation from a document.
    package func source(_ title: String) -> String {
        switch language {
        case .english:
            pick("Here is what I found in “\(title)”:", "According to our document “\(title)”:", "From “\(title)”:")
        case .german:
            pick("Das steht dazu in „\(title)“:", "Laut unserem Dokument „\(title)“:", "Aus „\(title)“:")
        case .croatian:
            pick("Evo što piše u dokumentu „\(title)”:", "Prema našem dokumentu „\(title)”:", "Iz „\(title)”:")
        }
    }

    /// It does not know, and a person takes over.
    package var handOverUnknowing: String {
        switch language {
        case .english:
            pick(
                "I'm afraid I don't know that. I'm handing you over to a colleague, who will answer here.",
                "I do not have reliable information on this. A member of our team will take over and reply here.",
                "Hmm, I don't know that one. A colleague takes over from here.")
        case .german:
            pick(
                "Das weiß ich leider nicht. Ich gebe an eine Kollegin oder einen Kollegen weiter, die Antwort kommt hier.",
                "Dazu liegen mir keine verlässlichen Angaben vor. Unser Team übernimmt und antwortet Ihnen hier.",
                "Da muss ich passen. Jemand aus dem Team übernimmt.")
        case .croatian:
            pick(
                "Nažalost, to ne znam. Predajem razgovor kolegi koji će ti odgovoriti ovdje.",
                "O tome nemam pouzdanih podataka. Naš tim preuzima razgovor i odgovorit će Vam ovdje.",
                "To ne znam. Kolega preuzima razgovor.")
        }
    }

    /// It does not know, and there is nobody to take over.
    package var unknowing: String {
        switch language {
        case .english:
            pick(
                "I'm afraid I don't know that. Could you put the question differently?",
                "I do not have reliable information on this. Please rephrase your question.",
                "Don't know that one, sorry. Try asking differently?")
        case .german:
            pick(
                "Das weiß ich leider nicht. Magst du die Frage anders stellen?",
                "Dazu liegen mir keine verlässlichen Angaben vor. Bitte formulieren Sie die Frage anders.",
                "Da muss ich passen. Fragst du es anders?")
        case .croatian:
            pick(
                "Nažalost, to ne znam. Možeš li pitati drugačije?",
                "O tome nemam pouzdanih podataka. Molimo postavite pitanje drugačije.",
                "To ne znam, žao mi je. Pitaj drugačije?")
        }
    }

    /// The customer asked for a person.
    package var handOverWanted: String {
        switch language {
        case .english:
            pick(
                "Of course. I'm handing you over to a colleague, who will answer here.",
                "Certainly. A member of our team will take over and reply here.", "Sure, a colleague takes over.")
        case .german:
            pick(
                "Gern. Ich gebe an eine Kollegin oder einen Kollegen weiter, die Antwort kommt hier.",
                "Selbstverständlich. Unser Team übernimmt und antwortet Ihnen hier.",
                "Klar, jemand aus dem Team übernimmt.")
        case .croatian:
            pick(
                "Naravno. Predajem razgovor kolegi koji će ti odgovoriti ovdje.",
                "Svakako. Naš tim preuzima razgovor i odgovorit će Vam ovdje.", "Može, kolega preuzima razgovor.")
        }
    }

    /// It came without words (a picture, a voice message), and a person takes over.
    package var handOverWordless: String {
        switch language {
        case .english:
            pick(
                "I can only read text. I'm handing you over to a colleague, who will look at it and answer here.",
                "I can only process text. A member of our team will look at your message and reply here.",
                "I only read text. A colleague will take a look.")
        case .german:
            pick(
                "Ich kann nur Text lesen. Jemand aus dem Team sieht es sich an und antwortet hier.",
                "Ich kann nur Text verarbeiten. Unser Team sieht sich Ihre Nachricht an und antwortet hier.",
                "Ich lese nur Text. Jemand aus dem Team schaut es sich an.")
        case .croatian:
            pick(
                "Mogu čitati samo tekst. Predajem razgovor kolegi koji će pogledati i odgovoriti ovdje.",
                "Mogu obraditi samo tekst. Naš tim će pogledati Vašu poruku i odgovoriti ovdje.",
                "Čitam samo tekst. Kolega će pogledati.")
        }
    }

    /// The same where there is nobody to take over.
    package var wordless: String {
        switch language {
        case .english:
            pick(
                "I can only read text. Could you describe it in words?",
                "I can only process text. Please describe your request in words.", "I only read text. Type it for me?")
        case .german:
            pick(
                "Ich kann nur Text lesen. Magst du es in Worten beschreiben?",
                "Ich kann nur Text verarbeiten. Bitte beschreiben Sie Ihr Anliegen in Worten.",
                "Ich lese nur Text. Tippst du's mir?")
        case .croatian:
            pick(
                "Mogu čitati samo tekst. Možeš li to opisati riječima?",
                "Mogu obraditi samo tekst. Molimo opišite upit riječima.", "Čitam samo tekst. Napišeš mi?")
        }
    }
}
