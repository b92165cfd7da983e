/** Looks at everything between this machine and a working call, and says what to do about what it finds. */

import { platform, versions } from 'node:process'
import { type Desk, ownVersion, type Received, readCatalog, send } from './desk.ts'
import { isKeyringOpen, keyringPath } from './keyring.ts'
import { isPlain, whoIs } from './login.ts'
import { type Exit, exits, Failure } from './outcome.ts'
import { jsonText, say, visible, withProgress } from './terminal.ts'

interface Check {
  name: string
  state: 'ok' | 'warning' | 'failed'
  found: string
  /** What to do about it. */
  advice?: string
}

export async function doctor(desk: Desk, json: boolean): Promise<Exit> {
  const checks = await withProgress(`Looking at ${desk.url}`, () => examine(desk))
  if (json) say(jsonText({ server: desk.url, checks }))
  else for (const check of checks) for (const line of linesOf(check)) say(line)
  if (checks.some(({ name, state }) => name === 'server' && state === 'failed')) return exits.notReached
  return checks.some(({ state }) => state === 'failed') ? exits.refused : exits.done
}

function linesOf({ name, state, found, advice }: Check): string[] {
  const line = `${state.padEnd(8)} ${name.padEnd(10)} ${visible(found)}`
  return advice ? [line, `${' '.repeat(20)}→ ${visible(advice)}`] : [line]
}

async function examine(desk: Desk): Promise<Check[]> {
  const own = [nodeVersion(), keyFile()]
  const health = await send(desk, { path: '/healthz', anonymous: true }).catch(asFailure)
  if (health instanceof Failure) return [...own, notThere(health)]
  const rest = await Promise.all([version(desk), database(desk), key(desk)])
  return [
    ...own,
    { name: 'server', state: 'ok', found: `${desk.url} answers` },
    ...transport(desk),
    clock(health),
    ...rest,
  ]
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  throw error
}

function notThere({ message, body }: Failure): Check {
  return {
    name: 'server',
    state: 'failed',
    found: body.details.reason ? `${body.details.server} cannot be reached: ${body.details.reason}` : message,
    advice: 'Start one with backdesk up in a checkout, or name another with --server or BACKDESK_URL.',
  }
}

function nodeVersion(): Check {
  const old = Number(versions.node.split('.')[0]) < 20
  return {
    name: 'node',
    state: old ? 'failed' : 'ok',
    found: versions.node,
    ...(old && { advice: 'Install Node 20 or newer.' }),
  }
}

function keyFile(): Check {
  if (!isKeyringOpen()) return { name: 'key file', state: 'ok', found: keyringPath() }
  return {
    name: 'key file',
    state: 'warning',
    found: `${keyringPath()} can be read by others on this machine`,
    advice: `chmod 600 ${keyringPath()}; revoke the keys in it, if others use this machine.`,
  }
}

async function version(desk: Desk): Promise<Check> {
  const name = 'version'
  const catalog = await readCatalog(desk).catch(asFailure)
  if (catalog instanceof Failure)
    return { name, state: 'failed', found: catalog.message, advice: 'Point --server at a Backdesk server.' }
  const [own, theirs = 'unknown'] = [ownVersion(), catalog.version]
  const found = `server ${theirs}, this program ${own}, ${catalog.tools.length} tools`
  if (theirs.split('.')[0] === own.split('.')[0]) return { name, state: 'ok', found }
  return {
    name,
    state: 'warning',
    found,
    advice: 'Take the same version of both; contracts come from the server.',
  }
}

async function database(desk: Desk): Promise<Check> {
  const name = 'database'
  const ready = await send(desk, { path: '/readyz', anonymous: true }).catch(asFailure)
  if (!(ready instanceof Failure)) return { name, state: 'ok', found: 'the server reaches it' }
  return {
    name,
    state: 'failed',
    found: 'the server does not reach it',
    advice: 'Look at the log of the server, and at DATABASE_URL.',
  }
}

async function key(desk: Desk): Promise<Check> {
  const name = 'key'
  if (!desk.key) {
    return {
      name,
      state: 'failed',
      found: 'there is none for this server',
      advice: 'backdesk login with a key you have, or backdesk signup request for a first one.',
    }
  }
  const who = await whoIs(desk).catch(asFailure)
  if (who instanceof Failure) {
    const advice = `Take another: backdesk login, or set BACKDESK_KEY. This one is from ${desk.key.from}.`
    return { name, state: 'failed', found: who.message, advice }
  }
  const { workspace, principal } = who.data
  const found = `valid, from ${desk.key.from}: ${workspace.name} (${workspace.kind}), role ${principal.role}`
  return { name, state: 'ok', found }
}

function transport({ url }: Desk): Check[] {
  if (!isPlain(url)) return []
  const found = 'not encrypted: whoever is on the way can read the key'
  return [{ name: 'transport', state: 'warning', found, advice: 'Reach the server over https.' }]
}

/** Starts and deadlines are written in absolute time; codes and confirmations live for minutes. */
function clock({ headers }: Received): Check {
  const name = 'clock'
  const theirs = Date.parse(headers.get('date') ?? '')
  if (Number.isNaN(theirs)) return { name, state: 'warning', found: 'the server tells no time' }
  const seconds = Math.round((Date.now() - theirs) / 1000)
  const found = `${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} the server`
  if (Math.abs(seconds) <= MOST_SKEW) return { name, state: 'ok', found }
  const how = platform === 'linux' ? 'timedatectl set-ntp true' : 'the settings of date and time'
  return { name, state: 'warning', found, advice: `Let the clock be set by the network: ${how}.` }
}

const MOST_SKEW = 30
