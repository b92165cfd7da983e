/** The commands: what each is called, what it takes, and which file does it. */

import { Command } from 'commander'
import { bridge } from './bridge.ts'
import { call } from './call.ts'
import { completion } from './completion.ts'
import { describeTool, listTools } from './describe.ts'
import { type Desk, deskAt, ownVersion } from './desk.ts'
import { doctor } from './doctor.ts'
import { isKeyringOpen, keyringPath } from './keyring.ts'
import { login, logout, requestSignUp, requireKey, verifySignUp } from './login.ts'
import { type Exit, exits } from './outcome.ts'
import { note, say } from './terminal.ts'
import { up } from './up.ts'

/** @param end is told the exit code of the command that ran */
export function makeProgram(end: (exit: number) => void): Command {
  const program = new Command('backdesk')
    .description('The backend of a service business, from a terminal.')
    .version(ownVersion(), '-V, --version')
    .option('--server <url>', 'default: BACKDESK_URL, the server of the last login, http://127.0.0.1:8420')
    .option('--json', 'results and errors as JSON on stdout')
    .enablePositionalOptions()
    .exitOverride()
    .addHelpText('after', EXITS)

  const tools = program.command('tools').description('the catalog of the server').enablePositionalOptions()
  add(tools, 'list', 'which tools there are', (desk, { json, ...wanted }) => listTools(desk, wanted, json))
    .option('--domain <domain>', 'only of this domain')
    .option('--search <words>', 'best first, in the words of the task')
    .option('--names', 'names alone')
  add(tools, 'describe <tool>', "a tool's contract", (desk, { json }, [tool]) =>
    describeTool(desk, tool!, json),
  )
  addCall(tools, 'call <tool>', 'calls a tool', (desk, json, [tool, ...words]) =>
    call(desk, tool!, words, { json }),
  ).addHelpText('after', CALLS)

  const signup = program.command('signup').description('a business of your own').enablePositionalOptions()
  addCall(signup, 'request', 'sends a code by email', (desk, json, words) => requestSignUp(desk, words, json))
  addCall(signup, 'verify', 'gives it back, and keeps the key', (desk, json, words) =>
    verifySignUp(desk, words, json),
  )
  add(program, 'login', 'keeps a key, read from stdin or a hidden prompt', (desk, { json }) =>
    login(desk, json),
  )
  add(program, 'logout', 'forgets the key for this server', (desk, { json }) => logout(desk, json))
  addTool(program, 'whoami', 'the workspace of the key, and what it may do', 'get_current_context')

  const approvals = program
    .command('approvals')
    .description('what waits for a person')
    .enablePositionalOptions()
  addTool(approvals, 'list', 'newest first', 'list_approvals')
  addTool(approvals, 'show', 'one, with its preview', 'get_approval', 'approval_id')
  const keys = program.command('keys').description('the API keys of the workspace').enablePositionalOptions()
  addTool(keys, 'list', 'newest first', 'list_api_keys')
  addTool(keys, 'create', 'a new one, shown once', 'create_api_key')
  addTool(keys, 'revoke', 'ends one for good', 'revoke_api_key', 'key_id')

  add(program, 'doctor', 'what is wrong, and what to do about it', (desk, { json }) => doctor(desk, json))
  add(
    program,
    'mcp [view]',
    'a stdio bridge to the MCP URL; view: all, x/bookings, readonly',
    (desk, _, [view]) => bridge(desk, view),
  )
  program
    .command('up')
    .description('starts the server, in a checkout')
    .action(async () => end(await up()))
  program
    .command('completion <shell>')
    .description('for bash, zsh or fish')
    .action(shell => {
      say(completion(program, shell).trimEnd())
      end(exits.done)
    })
  return program

  /** A command that options of the program may follow. */
  function add(parent: Command, usage: string, description: string, run: Run): Command {
    const command = parent.command(usage).description(description)
    command.option('--server <url>', 'see backdesk --help').option('--json', 'as JSON')
    return command.action(async () => {
      const { server, json = false, ...options } = command.optsWithGlobals()
      end(await run(openDesk(server), { json, ...options }, command.args))
    })
  }

  /** A command after which a tool's fields stand: they are read by the tool's schema, and none of them here. */
  function addCall(parent: Command, usage: string, description: string, run: RunCall): Command {
    return add(parent, usage, description, (desk, { json }, words) => run(desk, json, words))
      .argument('[fields...]', '--<field> value, as the tool takes them')
      .passThroughOptions()
      .allowUnknownOption()
  }

  function addTool(parent: Command, name: string, what: string, tool: string, positional?: string): void {
    const more = positional ? ` <${positional}>` : ''
    addCall(parent, name + more, `${what} (${tool})`, (desk, json, words) => {
      if (!words.includes('--help')) requireKey(desk)
      return call(desk, tool, words, { json, positional })
    }).addHelpText('after', `\nIts fields: backdesk tools describe ${tool}`)
  }
}

type Run = (
  desk: Desk,
  options: { json: boolean; [name: string]: unknown },
  words: string[],
) => Exit | Promise<Exit>
type RunCall = (desk: Desk, json: boolean, words: string[]) => Promise<Exit>

function openDesk(server: string | undefined): Desk {
  const desk = deskAt(server)
  if (isKeyringOpen()) note(`Warning: others on this machine can read ${keyringPath()}; chmod 600 it.`)
  return desk
}

const EXITS = `
Exit codes: 0 done, 1 refused or not confirmed, 2 wrong usage, 3 server not reached, 4 waits for approval.
A key comes from BACKDESK_KEY or from login. No key is read from an argument.`

const CALLS = `
Fields:    --customer_id customer_01k… --price.amount 3500 --tags vip --tags new --archived
           backdesk tools describe <tool> lists them; --help after the tool's name does too.
  --arguments <json>       all of them at once; - reads stdin, @file a file; fields go over it
  --idempotency-key <key>  repeats a call that got no answer; one is made and printed where none is given
  --dry-run                runs it and changes nothing
  --yes                    confirms what asks for a confirmation
  --confirm-token <token>  confirms a preview seen before
  --wait                   waits until a person has decided
Options of backdesk itself (--server) stand before the tool's name.`
