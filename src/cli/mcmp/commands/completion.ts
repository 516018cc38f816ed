import type { Command } from '../command.js';
import { wrongUsage } from '../failure.js';

/** The scripts, by shell. */
export const SCRIPTS: Record<string, string> = {
  bash: `# mcmp completion for bash: source <(mcmp completion bash)
_mcmp() {
  local IFS=$'\\n' words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=($(compgen -W "$(mcmp __complete "\${words[@]}" 2>/dev/null | cut -f1)" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [ \${#COMPREPLY[@]} -gt 0 ] || compopt -o default 2>/dev/null
}
complete -F _mcmp mcmp
`,
  zsh: `#compdef mcmp
# mcmp completion for zsh: source <(mcmp completion zsh), or save it as _mcmp in a folder of $fpath
_mcmp() {
  local -a found
  local line
  while IFS= read -r line; do found+=("\${\${line//:/\\\\:}/$'\\t'/:}"); done < <(mcmp __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe mcmp found; else _files; fi
}
if [ "$funcstack[1]" = _mcmp ]; then _mcmp "$@"; else compdef _mcmp mcmp; fi
`,
  fish: `# mcmp completion for fish: mcmp completion fish | source
complete -c mcmp -f -a '(mcmp __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
complete -c mcmp -s f -l file -r -F
`,
};

/** `mcmp completion`: a script that asks this program what may follow. */
export const completion: Command = {
  noun: 'completion', summary: 'Prints a script that completes commands, flags and names in bash, zsh or fish.',
  about: ['bash: add to ~/.bashrc      source <(mcmp completion bash)', 'zsh:  add to ~/.zshrc       source <(mcmp completion zsh)', 'fish: run once              mcmp completion fish >~/.config/fish/completions/mcmp.fish'],
  arguments: [{ name: 'SHELL', required: true }], flags: [], operations: [], examples: ['completion bash'],
  async run({ arguments: [shell = ''], session }) {
    const script = SCRIPTS[shell];
    if (script === undefined) throw wrongUsage(`"${shell}" is not one of ${Object.keys(SCRIPTS).join(', ')}`);
    session.terminal.result(script);
  },
};
