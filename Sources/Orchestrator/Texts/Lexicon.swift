/// The words of a language that say nothing about what a question is after, folded (see ``FoldedWords``).
struct Lexicon: Sendable {
    /// Articles, pronouns, question words, politeness.
    let fillers: Set<String>
    /// At least one of these makes a short text a greeting…
    let greetings: Set<String>
    /// …or a word of thanks or of farewell.
    let closings: Set<String>
    /// What may stand beside them.
    let companions: Set<String>

    private init(fillers: String, greetings: String, closings: String, companions: String) {
        func set(_ words: String) -> Set<String> { Set(words.split(separator: " ").map(String.init)) }
        self.greetings = set(greetings)
        self.closings = set(closings)
        self.companions = set(companions)
        self.fillers = set(fillers).union(self.greetings).union(self.closings)
    }

    func isTypical(_ word: String) -> Bool { fillers.contains(word) || companions.contains(word) }

    static let english = Lexicon(
        fillers: """
            a an the and or but if so as at by for from in into of on onto to with without about over under up down out \
            off than then i im me my mine we us our you your yours he him his she her it its they them their this that \
            these those there here who whom whose what whats which when where why how is am are was were be been being \
            do does did done have has had having can could cant cannot will would wont shall should may might must dont \
            doesnt didnt not no yes any some all each please kindly tell know say give get let want need like help \
            question info just also too very really much many more most other own same only now again maybe wonder \
            wondering
            """,
        greetings: "hi hello hey hiya howdy greetings morning afternoon evening",
        closings: "thanks thank thx ty cheers bye goodbye ok okay",
        companions: """
            good day there all everyone everybody team to you u very much a lot so great perfect super nice awesome for \
            the your help see later
            """)

    static let german = Lexicon(
        fillers: """
            der die das den dem des ein eine einen einem einer eines und oder aber wenn weil ob als am an auf aus bei \
            bis durch fur gegen im in ins mit nach ohne seit uber um unter von vom vor zu zum zur zwischen ich mich mir \
            mein meine meinen meinem meiner wir uns unser unsere du dich dir dein deine er ihn ihm sein seine sie ihr \
            ihre ihnen ihren es man dies diese dieser dieses diesen da dort hier wer wen wem was welche welcher welches \
            welchen wann wo wohin woher warum wieso weshalb wie viel viele ist bin bist sind seid war waren wird werden \
            wurde sein habe hast hat haben hatte hatten kann kannst konnen konnte konnten konntet konnt darf durfen \
            muss mussen soll sollen will wollen mochte mochten gibt gibts geben nicht kein keine nein ja bitte sagen \
            sag wissen weiss brauche brauchen hatte gern gerne mal denn doch noch auch nur schon sehr so eigentlich \
            etwas frage info hilfe
            """,
        greetings: "hallo hi hey servus moin gruezi grussgott tag morgen abend gruss grusse guten",
        closings: "danke dank merci tschuss tschau ciao wiedersehen ok okay",
        companions:
            "guten schonen gott zusammen euch alle vielen schon schone sehr gut super auf prima toll ihnen dir fur die hilfe"
    )

    static let croatian = Lexicon(
        fillers: """
            i a ali ili da ne je su sam si smo ste u na o od do za iz s sa k po pri kod kroz nad pod pred bez zbog radi \
            li se me mi mene meni moj moja moje moji nas nam nama vas vam vama vi ti te tebe tebi on ona ono oni ga mu \
            joj ih im njih njima njegov njezin taj ta to ti te ovaj ova ovo ovi ove onaj tu tamo ovdje tko ko koga komu \
            sto sta cega koji koja koje kojeg kojem koju kada kad gdje kamo odakle zasto kako koliko jesam jesi jest \
            jesu bio bila bilo bili biti bih bi bismo biste budem bude imam imas ima imamo imate imaju mogu mozes moze \
            mozemo mozete moram treba trebam trebate zelim zelite htio htjela hocu hoce molim molila recite reci znati \
            znate znam dajte dati pitanje zanima samo jos vec vrlo jako vise nije nisu nema nemate
            """,
        greetings: "bok zdravo pozdrav hej cao dan jutro vecer hello hi",
        closings: "hvala fala dovidenja bok ok okej uredu",
        companions:
            "dobar dobro dobra dobrodosli lijep lijepi svima puno lijepa najljepsa super odlicno vam ti na pomoci i")
}
