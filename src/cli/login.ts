/** Who this machine's user is at a server: signing up, logging in and out. */

import { stdin } from 'node:process'
import { type Arguments, call, callOnce, type Envelope } from './call.ts'
import { contractOf, type Desk } from './desk.ts'
import { forgetKey, keyringPath, readKeyring, storeKey, wellFormed, writeKeyring } from './keyring.ts'
import { type Exit, exits, refused } from './outcome.ts'
import { ask, askHidden, canAsk, jsonText, note, readStdin, say, visible } from './terminal.ts'

/** Reads a key from stdin or a hidden prompt, tries it, and keeps it. */
export async function login(desk: Desk, json: boolean): Promise<Exit> {
  warnOfPlainHttp(desk)
  const text = stdin.isTTY ? await askHidden(`API key for ${desk.url}: `) : await readStdin()
  const key = wellFormed(text.trim(), 'what was given')
  const { data } = await whoIs({ ...desk, key: { key, from: 'login' } })
  storeKey(desk.url, key)
  if (json) say(jsonText({ server: desk.url, workspace: data.workspace, stored_in: keyringPath() }))
  else say(`Logged in to ${visible(data.workspace.name)} at ${desk.url}; the key is in ${keyringPath()}.`)
  return exits.done
}

export async function whoIs(desk: Desk): Promise<Envelope> {
  return callOnce(desk, await contractOf(desk, 'get_current_context'), {})
}

export function logout({ url }: Desk, json: boolean): Exit {
  const forgotten = forgetKey(url)
  if (json) say(jsonText({ server: url, forgotten }))
  else
    say(
      forgotten
        ? `The key for ${url} is forgotten here; keys revoke ends it everywhere.`
        : `No key for ${url} is stored.`,
    )
  return exits.done
}

export async function requestSignUp(desk: Desk, words: string[], json: boolean): Promise<Exit> {
  return call(desk, 'register_organisation_request', words, {
    json,
    after(envelope) {
      if (!json) {
        note('A code has gone to that address. Then:')
        note(`  backdesk signup verify --request_id ${visible(envelope.data.request_id)} --code <six digits>`)
      }
      return envelope
    },
  })
}

/** The key of the answer goes to the keyring and is not shown: an agent's transcript is no place for it. */
export async function verifySignUp(desk: Desk, words: string[], json: boolean): Promise<Exit> {
  warnOfPlainHttp(desk)
  writeKeyring(readKeyring()) // A key is shown once: whether it can be kept is known before it is asked for.
  return call(desk, 'register_organisation_verify', words, {
    json,
    before: async (args: Arguments) => {
      if (args.code === undefined && canAsk()) args.code = (await ask('The six digits in the email: ')).trim()
    },
    after(envelope) {
      const { api_key: key, ...data } = envelope.data
      if (typeof key !== 'string') return envelope // A repeat: the secret is not told twice.
      try {
        storeKey(desk.url, wellFormed(key, 'the answer'))
      } catch (error) {
        note(`The key could not be stored (${(error as Error).message}); it is in the answer.`)
        return envelope
      }
      if (!json) note(`The key is in ${keyringPath()}; the next command uses it.`)
      return { ...envelope, data: { ...data, stored_in: keyringPath() } }
    },
  })
}

function warnOfPlainHttp({ url }: Desk): void {
  if (isPlain(url)) note(`Warning: ${url} is not encrypted; whoever is on the way can read the key.`)
}

export function isPlain(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

/** @throws Failure `refused`, as the server would without one */
export function requireKey({ url, key }: Desk): void {
  if (key) return
  throw refused({
    code: 'unauthenticated',
    message: `There is no key for ${url}: backdesk login, or BACKDESK_KEY. backdesk signup makes a first one.`,
    next_tools: ['register_organisation_request'],
  })
}
