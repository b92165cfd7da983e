/**
 * The keys of this machine's user, one per server, in a file that its owner alone can read (XDG Base Directory).
 * A key is never taken from an argument: those stand in the shell's history and in every process list.
 */

import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { env, pid, platform } from 'node:process'
import { usage } from './outcome.ts'

export interface Keyring {
  /** The server of the last login, which is meant where none is named. */
  current?: string
  servers: Record<string, { api_key: string }>
}

export function keyringPath(): string {
  return join(baseDirectory('XDG_CONFIG_HOME', '.config'), 'backdesk', 'keys.json')
}

export function cacheDirectory(): string {
  return join(baseDirectory('XDG_CACHE_HOME', '.cache'), 'backdesk')
}

/** XDG: a path that is not absolute is to be ignored. */
function baseDirectory(variable: string, fallback: string): string {
  const named = env[variable]
  return named?.startsWith('/') ? named : join(homedir(), fallback)
}

/** @throws Failure `usage` where the file is none of ours */
export function readKeyring(): Keyring {
  let text: string
  try {
    text = readFileSync(keyringPath(), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { servers: {} }
    throw usage(`The keys in ${keyringPath()} cannot be read: ${(error as Error).message}`)
  }
  try {
    const { current, servers } = JSON.parse(text) as Keyring
    if (servers && typeof servers === 'object') return { current, servers }
  } catch {}
  throw usage(`${keyringPath()} is not as backdesk writes it. Remove it and log in again.`)
}

/** Written beside and renamed, so that a crash leaves the old file or the new one. */
export function writeKeyring(keyring: Keyring): void {
  const path = keyringPath()
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${pid}`
  writeFileSync(draft, `${JSON.stringify(keyring, null, 2)}\n`, { mode: 0o600 })
  chmodSync(draft, 0o600) // Of a draft that was left behind, the mode is what it was.
  renameSync(draft, path)
}

export function storeKey(server: string, api_key: string): void {
  const { servers } = readKeyring()
  writeKeyring({ current: server, servers: { ...servers, [server]: { api_key } } })
}

/** @returns whether there was one */
export function forgetKey(server: string): boolean {
  const { current, servers } = readKeyring()
  if (!Object.hasOwn(servers, server)) return false
  const { [server]: _, ...others } = servers
  writeKeyring({ current: current === server ? undefined : current, servers: others })
  return true
}

export interface FoundKey {
  key: string
  from: string
}

/** BACKDESK_KEY before the stored one, as the more deliberate. */
export function keyFor(server: string): FoundKey | undefined {
  const given = env.BACKDESK_KEY?.trim()
  if (given) return { key: wellFormed(given, 'BACKDESK_KEY'), from: 'BACKDESK_KEY' }
  const { servers } = readKeyring()
  const stored = Object.hasOwn(servers, server) ? servers[server]?.api_key : undefined
  return stored ? { key: wellFormed(stored, keyringPath()), from: keyringPath() } : undefined
}

/** What would break a header is no key, and is not repeated. @throws Failure `usage` */
export function wellFormed(key: string, where: string): string {
  if (/^[\x21-\x7e]{1,1024}$/.test(key)) return key
  throw usage(`What stands in ${where} is no API key: it holds spaces, or signs that no key has.`)
}

/** Whether others than its owner can read the file; false where there is none, and where modes mean nothing. */
export function isKeyringOpen(): boolean {
  if (platform === 'win32') return false
  try {
    return (statSync(keyringPath()).mode & 0o077) !== 0
  } catch {
    return false
  }
}
