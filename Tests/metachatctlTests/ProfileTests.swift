import Testing

@testable import metachatctl

struct ProfileTests {
    private func file(_ yaml: String) throws -> ProfileFile { try ProfileFile(yaml: yaml, file: "ctl.yaml") }

    private func faults(_ yaml: String) -> [String] {
        do {
            _ = try file(yaml)
            return []
        } catch let failure as CtlFailure {
            #expect(failure.status == .config)
            return failure.details.isEmpty ? [failure.message] : failure.details
        } catch {
            return ["\(error)"]
        }
    }

    @Test func itIsReadAndWritten() throws {
        let read = try file(
            """
            current: dev
            profiles:
              dev: {url: "http://127.0.0.1:7070", tokenFile: ~/t, tenant: acme}
              prod:
                url: https://meta.example
                tokenEnv: PROD_TOKEN
              "9": {token: "12345678"}
            """)
        #expect(read.current == "dev" && read.profiles.map(\.name) == ["dev", "prod", "9"])
        #expect(read["dev"] == Profile(url: "http://127.0.0.1:7070", token: .file("~/t"), tenant: "acme"))
        #expect(read["prod"]?.token == .environment("PROD_TOKEN"))
        #expect(read.holdsToken)
        #expect(try file(read.yaml) == read)
        #expect(try file("") == ProfileFile())
        #expect(try file(ProfileFile().yaml) == ProfileFile())
    }

    @Test func faultsNameLineAndPath() {
        #expect(
            faults("profiles:\n  dev:\n    ulr: x") == [
                "ctl.yaml:3: profiles.dev.ulr: is not known here; did you mean url?"
            ])
        #expect(faults("current: x") == ["ctl.yaml:1: current: names a profile that is not there"])
        #expect(faults("profiles: [1]") == ["ctl.yaml:1: profiles: must be a map, is a list"])
        #expect(
            faults("profiles: {a: {url: ftp://x}}") == [
                "ctl.yaml:1: profiles.a.url: must be an http:// or https:// URL"
            ])
        #expect(
            faults("profiles: {a: {token: x, tokenEnv: Y}}") == [
                "ctl.yaml:1: profiles.a: takes one of token, tokenFile and tokenEnv"
            ])
        #expect(faults("profiles: {a b: {}}").count == 1)
        #expect(faults("a: [").first?.hasPrefix("ctl.yaml:") == true)
    }

    private func plan(
        url: String? = nil, token: String? = nil, profile: String? = nil, _ environment: [String: String] = [:],
        _ file: ProfileFile = ProfileFile()
    ) throws -> ConnectionPlan {
        try ConnectionPlan(
            url: url, tokenFile: token, profile: profile, environment: environment, file: file, path: "ctl.yaml")
    }

    @Test func whoWins() throws {
        var file = ProfileFile(current: "dev")
        file["dev"] = Profile(url: "http://dev", token: .file("dev.token"), tenant: "d")
        file["prod"] = Profile(url: "https://prod/", token: .environment("PROD"), tenant: nil)
        let environment = ["METACHAT_CONTROL_URL": "http://a, http://b/", "METACHAT_ADMIN_TOKEN": "secret-token"]

        #expect(try plan().urls == ["http://127.0.0.1:7070"])
        #expect(try plan().token == .none)
        #expect(try plan([:], file).urls == ["http://dev"])
        #expect(try plan([:], file).tenant == "d")
        #expect(try plan(environment, file).urls == ["http://a", "http://b"])
        #expect(try plan(environment, file).token == .text("secret-token", origin: "METACHAT_ADMIN_TOKEN"))
        // A profile that was asked for is meant, whatever the environment says: no token goes where it does not belong.
        let asked = try plan(profile: "prod", environment, file)
        #expect(asked.urls == ["https://prod"])
        #expect(asked.token == .environment("PROD", origin: "the profile prod"))
        #expect(asked.tenant == nil)
        #expect(try plan(["METACHATCTL_PROFILE": "prod"], file).urls == ["https://prod"])
        let flags = try plan(url: "http://flag", token: "f", profile: "prod", environment, file)
        #expect(flags.urls == ["http://flag"] && flags.token == .file("f", origin: "--token-file"))
        #expect(throws: CtlFailure.self) { try plan(profile: "none", [:], file) }
        #expect(throws: CtlFailure.self) { try plan(url: "ftp://x") }
        #expect(throws: CtlFailure.self) { try plan(["METACHAT_CONTROL_URL": "nonsense"]) }
    }

    @Test func whichAuthoritiesWin() throws {
        var file = ProfileFile(current: "dev")
        file["dev"] = Profile(url: "https://dev", caFile: "dev.pem")
        file["prod"] = Profile(url: "https://prod")
        func path(flag: String? = nil, profile: String? = nil, _ environment: [String: String] = [:]) throws
            -> String?
        {
            try ConnectionPlan(
                url: nil, tokenFile: nil, caFile: flag, profile: profile, environment: environment, file: file,
                path: "ctl.yaml"
            ).authorities?.path
        }
        let environment = ["METACHAT_CA_FILE": "env.pem"]
        #expect(try path() == "dev.pem")
        #expect(try path(environment) == "env.pem")
        #expect(try path(profile: "dev", environment) == "dev.pem")
        #expect(try path(profile: "prod") == nil)
        #expect(try path(flag: "flag.pem", profile: "dev", environment) == "flag.pem")
        let again = try ProfileFile(yaml: file.yaml, file: "ctl.yaml")
        #expect(again == file)
    }

    @Test func wherItLies() {
        #expect(ProfileFile.path(["METACHATCTL_CONFIG": "/x", "HOME": "/h"]) == "/x")
        #expect(ProfileFile.path(["XDG_CONFIG_HOME": "/c", "HOME": "/h"]) == "/c/metachat/ctl.yaml")
        #expect(ProfileFile.path(["HOME": "/h", "METACHATCTL_CONFIG": ""]) == "/h/.config/metachat/ctl.yaml")
        #expect(ProfileFile.path([:]) == nil)
    }

    @Test func tokensAreChecked() throws {
        func token(_ source: ConnectionPlan.TokenSource) throws -> String {
            try TokenReading.token(source, environment: ["T": "a-token-of-ours"])
        }
        #expect(try token(.environment("T", origin: "x")) == "a-token-of-ours")
        for source: ConnectionPlan.TokenSource in [
            .none, .environment("U", origin: "x"), .text("with space", origin: "x"), .text("", origin: "x"),
            .file("/no/such/file", origin: "x"),
        ] { #expect(throws: CtlFailure.self) { try token(source) } }
    }

    @Test func aConnectionDoesNotTellItsToken() {
        let connection = Connection(urls: ["http://a"], urlOrigin: "--url", token: "tell-nobody", tenant: nil)
        var dumped = ""
        dump(connection, to: &dumped)
        for text in ["\(connection)", String(reflecting: connection), dumped] { #expect(!text.contains("tell-nobody")) }
    }
}
