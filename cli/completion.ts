import { Argument, type Command } from "commander";
import { join } from "node:path";
import { quoted } from "../providers/kit/plain/shellWord.ts";
import { commandNames } from "./commands.ts";

const shells = ["bash", "zsh", "fish"] as const;
type Shell = (typeof shells)[number];

/** Commands whose first argument is a stack; its names are those of the files in stacks/. */
const stackCommands = ["up", "preview", "destroy", "ssh", "bench", "report"];

export function register(program: Command): void {
  program
    .command("completion")
    .description("print a shell's completion of commands and stack names")
    .addArgument(new Argument("<shell>").choices(shells))
    .addHelpText(
      "after",
      `
Add the line for your shell to its start-up file:
  bash  eval "$(/path/to/strata completion bash)"
  zsh   eval "$(/path/to/strata completion zsh)"
  fish  /path/to/strata completion fish | source
`,
    )
    .action((shell: Shell) => {
      process.stdout.write(completionScript(shell, join(import.meta.dirname, "../stacks")));
    });
}

/** The names of experiments are looked up each time, so that a new file completes at once. */
export function completionScript(shell: Shell, stacks: string): string {
  const directory = quoted(stacks);
  const all = commandNames.join(" ");
  switch (shell) {
    case "bash":
      return `_strata() {
  local word=\${COMP_WORDS[COMP_CWORD]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${all}" -- "$word"))
  elif [ "$COMP_CWORD" -eq 2 ]; then
    case "\${COMP_WORDS[1]}" in
      ${stackCommands.join("|")}) COMPREPLY=($(compgen -W "$(cd ${directory} && ls *.yaml 2>/dev/null | sed 's/\\.yaml$//')" -- "$word")) ;;
      completion) COMPREPLY=($(compgen -W "${shells.join(" ")}" -- "$word")) ;;
    esac
  fi
}
complete -F _strata strata ./strata
`;
    case "zsh":
      return `_strata() {
  if (( CURRENT == 2 )); then
    compadd -- ${all}
  elif (( CURRENT == 3 )); then
    case "\${words[2]}" in
      ${stackCommands.join("|")}) compadd -- ${directory}/*.yaml(N:t:r) ;;
      completion) compadd -- ${shells.join(" ")} ;;
    esac
  fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _strata strata
`;
    case "fish":
      return `complete -c strata -f
complete -c strata -n __fish_use_subcommand -a "${all}"
complete -c strata -n "__fish_seen_subcommand_from ${stackCommands.join(" ")}" -a "(cd ${directory}; and string replace -r '\\.yaml$' '' -- *.yaml)"
complete -c strata -n "__fish_seen_subcommand_from completion" -a "${shells.join(" ")}"
`;
  }
}
