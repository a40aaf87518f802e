import ArgumentParser

/// The shells' completion scripts.
struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Print a completion script.",
        discussion: """
              bash   source <(metachatctl completions bash)
              zsh    metachatctl completions zsh > "${fpath[1]}/_metachatctl"
              fish   metachatctl completions fish > ~/.config/fish/completions/metachatctl.fish
            """)

    enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

    @Argument(help: "bash, zsh or fish.") var shell: Shell

    func run() { Console.write(CompletionScript.text(shell), to: 1) }
}

/// They ask the program itself, where words lead: `metachatctl __complete WORD …`.
enum CompletionScript {
    static func text(_ shell: CompletionsCommand.Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: zsh
        case .fish: fish
        }
    }

    // Bash splits words at = and :, so the word is put together from the line, and what stands before the last of
    // these signs is taken off again.
    private static let bash = #"""
        _metachatctl() {
            local line=${COMP_LINE:0:COMP_POINT} words word candidate
            read -ra words <<<"$line"
            [[ $line == *[[:space:]] ]] && words+=("")
            word=${words[${#words[@]}-1]}
            COMPREPLY=()
            while IFS=$'\t' read -r candidate _; do
                COMPREPLY+=("$candidate")
            done < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
            if ((${#COMPREPLY[@]} == 0)); then
                [[ $word == -* ]] || compopt -o default
                return
            fi
            [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
            local cut=${word%"${word##*[=:]}"}
            [[ -n $cut ]] && COMPREPLY=("${COMPREPLY[@]#"$cut"}")
        }
        complete -F _metachatctl metachatctl

        """#

    private static let zsh = #"""
        #compdef metachatctl
        _metachatctl() {
            local -a candidates
            local line
            for line in ${(f)"$(${words[1]} __complete "${(@)words[2,CURRENT]}" 2>/dev/null)"}; do
                line=${line//:/\\:}
                candidates+=("${line/$'\t'/:}")
            done
            if ((${#candidates})); then _describe -t commands metachatctl candidates; else _files; fi
        }
        if [[ $funcstack[1] == _metachatctl ]]; then _metachatctl "$@"; else compdef _metachatctl metachatctl; fi

        """#

    private static let fish = #"""
        function __metachatctl_complete
            set -l word (commandline -ct)
            set -l words (commandline -opc) "$word"
            set -l candidates ($words[1] __complete $words[2..-1] 2>/dev/null)
            if test (count $candidates) -gt 0
                printf '%s\n' $candidates
            else
                __fish_complete_path $word
            end
        end
        complete -c metachatctl -f -a '(__metachatctl_complete)'

        """#
}
