/** Scripts for shells. Each asks the command itself, by `__complete`, so it need not be made anew with a new version. */

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** The word by which scripts and kubectl ask. */
export const COMPLETE = "__complete";
/** Lines of the answer that are no words: cobra's directives, which kubectl reads. */
export const FILES_DIRECTIVE = ":0";
export const NO_FILES_DIRECTIVE = ":4";

const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# bash completion of invoiceops: source <(invoiceops completion bash)
_invoiceops() {
  local answer
  answer=$("\${COMP_WORDS[0]}" ${COMPLETE} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [[ \${answer##*$'\\n'} == ${FILES_DIRECTIVE} ]]; then
    COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
    return
  fi
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    [[ $line == :* ]] || COMPREPLY+=("\${line%%$'\\t'*}")
  done <<<"$answer"
}
complete -F _invoiceops invoiceops kubectl-invoiceops
`,
  zsh: `#compdef invoiceops kubectl-invoiceops
# zsh completion of invoiceops: source <(invoiceops completion zsh)
_invoiceops() {
  local -a lines described
  lines=("\${(@f)$("\${words[1]}" ${COMPLETE} "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ \${lines[-1]} == ${FILES_DIRECTIVE} ]]; then
    _files
    return
  fi
  local line
  for line in "\${lines[@]}"; do
    [[ -z $line || $line == :* ]] || described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe 'invoiceops' described
}
compdef _invoiceops invoiceops kubectl-invoiceops
`,
  fish: `# fish completion of invoiceops: invoiceops completion fish | source
function __invoiceops_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l answer ($words[1] ${COMPLETE} $words[2..-1] 2>/dev/null)
  if test "$answer[-1]" = "${FILES_DIRECTIVE}"
    __fish_complete_path (commandline -ct)
    return
  end
  string match --invert ':*' -- $answer
end
complete -c invoiceops -f -a '(__invoiceops_complete)'
complete -c kubectl-invoiceops -f -a '(__invoiceops_complete)'
`,
};

export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}
