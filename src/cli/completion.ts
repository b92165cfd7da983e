/** Scripts by which a shell completes commands, and the names of tools as the server has them. */

import type { Command } from 'commander'
import { usage } from './outcome.ts'

/** @throws Failure `usage` */
export function completion(program: Command, shell: string): string {
  const write = shells[shell as keyof typeof shells]
  if (!write) throw usage(`Completion is for ${Object.keys(shells).join(', ')}.`)
  return write(branchesOf(program))
}

/** What may follow a path of commands: `tools` → `list`, `describe`, `call`. */
interface Branch {
  path: string
  words: string[]
}

function branchesOf(command: Command, path = ''): Branch[] {
  const words = command.commands.map(inner => inner.name())
  if (words.length === 0) return []
  const inner = command.commands.flatMap(each => branchesOf(each, `${path} ${each.name()}`.trim()))
  return [{ path, words }, ...inner]
}

/** These take a tool's name. Names are plain words, or `--names` leaves them out: a shell expands what it is given. */
const takesTool = ['tools call', 'tools describe']
const NAMES = 'backdesk tools list --names 2>/dev/null'

const shells = {
  bash: (
    branches: Branch[],
  ) => `# backdesk: completion for bash. In ~/.bashrc: source <(backdesk completion bash)
_backdesk() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" path="" word words="" at
  for ((at = 1; at < COMP_CWORD; at++)); do
    word="\${COMP_WORDS[at]}"
    [[ "$word" == -* ]] || path="\${path:+$path }$word"
  done
  case "$path" in
${branches.map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`).join('\n')}
${takesTool.map(path => `    '${path}') words="$(${NAMES})" ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _backdesk backdesk
`,
  zsh: (branches: Branch[]) => `#compdef backdesk
# backdesk: completion for zsh. In ~/.zshrc: source <(backdesk completion zsh)
_backdesk() {
  local path_="" word
  local -a found
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ "$word" == -* ]] || path_="\${path_:+$path_ }$word"
  done
  case "$path_" in
${branches.map(({ path, words }) => `    '${path}') found=(${words.join(' ')}) ;;`).join('\n')}
${takesTool.map(path => `    '${path}') found=(\${(f)"$(${NAMES})"}) ;;`).join('\n')}
  esac
  compadd -a found
}
compdef _backdesk backdesk
`,
  fish: (
    branches: Branch[],
  ) => `# backdesk: completion for fish. backdesk completion fish > ~/.config/fish/completions/backdesk.fish
function __backdesk_at
  set -l path (string match -v -- '-*' (commandline -opc)[2..-1])
  test "$path" = "$argv"
end
complete -c backdesk -f
${branches.map(({ path, words }) => `complete -c backdesk -n "__backdesk_at ${path}" -a '${words.join(' ')}'`).join('\n')}
${takesTool.map(path => `complete -c backdesk -n "__backdesk_at ${path}" -a '(${NAMES})'`).join('\n')}
`,
}
