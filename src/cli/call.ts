/** Calls a tool by REST at the route its contract names, through whatever gate it meets. */

import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe } from './describe.ts'
import { type Contract, contractOf, type Desk, type Sent, send } from './desk.ts'
import { isObject, type Line, merged, readLine } from './fields.ts'
import { type Exit, exits, Failure, refused, usage } from './outcome.ts'
import { ask, canAsk, jsonText, note, outline, readStdin, say, visible, withProgress } from './terminal.ts'

export type Arguments = Record<string, unknown>

/** The answer of a call: the envelope of the catalog. */
export interface Envelope {
  status?: 'done' | 'processing' | 'dry_run' | 'needs_confirmation' | 'needs_approval'
  // biome-ignore lint/suspicious/noExplicitAny: the tool says what it is.
  data?: any
  next_cursor?: string
  confirm_token?: string
  approval?: { id: string; state: string; expires_at: string; url: string }
  replayed?: boolean
  warnings?: string[]
}

export interface Manner {
  json: boolean
  /** A word after the command that is this field: `approvals show <approval_id>`. */
  positional?: string
  /** Before it is sent: what a command asks for by itself. */
  before?(args: Arguments): Promise<void>
  /** What was done, as it is to be shown. */
  after?(envelope: Envelope): Envelope
}

/** @param words as they stand after the tool's name */
export async function call(desk: Desk, tool: string, words: string[], manner: Manner): Promise<Exit> {
  const contract = await contractOf(desk, tool)
  const line = readLine(contract.input_schema, words)
  const json = manner.json || line.own.json === true
  if (line.own.help) return describe(contract, json)
  const args = await argumentsIn(contract, line, manner)
  await manner.before?.(args)
  requireFields(contract, args)
  const envelope = await throughGates(desk, contract, args, line, json)
  return show(manner.after && tookEffect(envelope) ? manner.after(envelope) : envelope, json)
}

function tookEffect({ status }: Envelope): boolean {
  return status === undefined || status === 'done' || status === 'processing'
}

async function argumentsIn(contract: Contract, line: Line, { positional }: Manner): Promise<Arguments> {
  const { own, positionals, fields } = line
  const [first, ...more] = positionals
  const surplus = positional ? more[0] : first
  if (surplus !== undefined)
    throw usage(
      `${JSON.stringify(surplus.slice(0, 60))} belongs to no field; write --<field> before a value.`,
    )
  const args = merged(await wholeArguments(own.arguments), fields)
  if (positional && first !== undefined) args[positional] = first
  const steer = (flag: string, name: string, value: unknown) => {
    if (value === undefined) return
    if (!takes(contract, name)) throw usage(`${contract.name} takes no --${flag}.`)
    args[name] = value
  }
  steer('dry-run', 'dry_run', own['dry-run'])
  steer('confirm-token', 'confirm_token', own['confirm-token'])
  steer('idempotency-key', 'idempotency_key', own['idempotency-key'])
  if (takes(contract, 'idempotency_key') && args.idempotency_key === undefined && !args.dry_run) {
    args.idempotency_key = randomUUID()
    // Said before it is sent: whoever gets no answer needs it.
    note(`Idempotency key ${args.idempotency_key} (to retry: --idempotency-key ${args.idempotency_key})`)
  }
  // The schema asks for one also where nothing will happen.
  if (takes(contract, 'idempotency_key')) args.idempotency_key ??= randomUUID()
  return args
}

function takes({ input_schema }: Contract, field: string): boolean {
  return Object.hasOwn((input_schema.properties ?? {}) as object, field)
}

/** `--arguments`: JSON, `-` for stdin, `@file`. */
async function wholeArguments(text: string | undefined): Promise<Arguments> {
  if (text === undefined) return {}
  const json = text === '-' ? await readStdin() : text.startsWith('@') ? fileText(text.slice(1)) : text
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    throw usage(`--arguments: ${(error as Error).message}`)
  }
  if (!isObject(value)) throw usage('--arguments: expected a JSON object of named fields.')
  return value
}

function fileText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw usage(`--arguments: ${(error as Error).message}`)
  }
}

function requireFields({ name, input_schema }: Contract, args: Arguments): void {
  const missing = ((input_schema.required ?? []) as string[]).filter(field => args[field] === undefined)
  if (missing.length === 0) return
  const flags = missing.map(field => `--${field}`).join(', ')
  throw usage(`${name} needs ${flags}. backdesk tools describe ${name} says more.`, { missing })
}

/** A preview is confirmed by whoever sits there, or by `--yes`; an approval is waited for where that was asked. */
async function throughGates(
  desk: Desk,
  contract: Contract,
  args: Arguments,
  { own }: Line,
  json: boolean,
): Promise<Envelope> {
  let envelope = await callOnce(desk, contract, args)
  if (
    envelope.status === 'needs_confirmation' &&
    (own.yes || (!json && (await confirms(contract, envelope))))
  )
    envelope = await callOnce(desk, contract, { ...args, confirm_token: envelope.confirm_token })
  if (envelope.status !== 'needs_approval' || !envelope.approval) return envelope
  if (!own.wait) return envelope
  note(`It waits for a person: ${visible(envelope.approval.url)}`)
  return decided(desk, envelope.approval.id)
}

export async function callOnce(desk: Desk, contract: Contract, args: Arguments): Promise<Envelope> {
  try {
    const sent = requestOf(contract, args)
    const { body } = await withProgress(`${contract.name} runs`, () => send(desk, sent))
    return body as Envelope
  } catch (error) {
    if (error instanceof Failure && error.exit === exits.notReached && args.idempotency_key) {
      error.body.details.idempotency_key = args.idempotency_key
    }
    throw error
  }
}

/** What of the arguments stands in the path, what in the query, what in the body (src/http/rest/route.ts). */
function requestOf(contract: Contract, args: Arguments): Sent {
  const [method = '', template = ''] = contract.route.split(' ')
  const { idempotency_key: key, ...rest } = args
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(rest[name])
    delete rest[name]
    // An URL would take them, percent-encoded too, for a step up its path.
    if (value === '' || value === '.' || value === '..') throw usage(`--${name}: that is no id.`)
    return encodeURIComponent(value)
  })
  const hasQuery = method === 'GET' || method === 'DELETE'
  const query = hasQuery ? queryOf(contract, rest) : ''
  return {
    method,
    path: path + query,
    headers: key === undefined ? {} : { 'idempotency-key': checkedKey(key) },
    body: hasQuery || method === '' ? undefined : rest,
    anonymous: contract.role === 'nobody',
  }
}

function queryOf(contract: Contract, fields: Arguments): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    for (const item of [value].flat()) {
      if (item === null || typeof item === 'object')
        throw usage(`--${name}: ${contract.name} reads its fields from a URL, which carries no such value.`)
      query.append(name, String(item))
    }
  }
  return query.size > 0 ? `?${query}` : ''
}

function checkedKey(key: unknown): string {
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key
  throw usage('An idempotency key is up to 255 printable characters, such as a UUID.')
}

async function confirms({ name }: Contract, { data, warnings = [] }: Envelope): Promise<boolean> {
  if (!canAsk()) return false
  note(`${name} would do this:`)
  for (const line of outline(data, '  ')) note(line)
  for (const warning of warnings) note(`  ${visible(warning)}`)
  return /^y(es)?$/i.test((await ask('Do it? [y/N] ')).trim())
}

/** Asks every few seconds until a person has decided, or the approval has expired. */
async function decided(desk: Desk, id: string): Promise<Envelope> {
  const contract = await contractOf(desk, 'get_approval')
  return withProgress('Waiting for the decision', async () => {
    let failures = 0
    for (let wait = 1_000; ; wait = Math.min(wait * 1.5, 10_000)) {
      await sleep(wait)
      try {
        const { data } = await callOnce(desk, contract, { approval_id: id })
        failures = 0
        if (data.state !== 'pending') return outcomeOf(data)
      } catch (error) {
        // A restart of the server is no reason to stop; that it stays away is.
        if (!(error instanceof Failure) || !error.body.retryable || ++failures === MOST_FAILURES) throw error
      }
    }
  })
}

const MOST_FAILURES = 10

function outcomeOf(approval: { id: string; state: string; note: string | null; answer: unknown }): Envelope {
  const { id, state, note, answer } = approval
  if (state === 'executed') return answer as Envelope
  throw refused({
    code: state === 'expired' ? 'approval_expired' : state === 'stale' ? 'approval_stale' : 'forbidden_scope',
    message: `The approval ${id} is ${state}; nothing was done.${note ? ` The reviewer wrote: ${note}` : ''}`,
    details: { approval_id: id, state },
    next_tools: ['get_approval'],
  })
}

function show(envelope: Envelope, json: boolean): Exit {
  const { status, data, warnings = [], next_cursor, confirm_token, approval, replayed } = envelope
  if (json) say(jsonText(envelope))
  else {
    if (status && status !== 'done') say(`${visible(status)}: ${meanings[status] ?? ''}`)
    if (replayed) note('It had been done before, by the same key; this is its answer again.')
    for (const line of data === undefined ? [] : outline(data)) say(line)
    for (const warning of warnings) note(`Note: ${visible(warning)}`)
    if (next_cursor) note(`More: --cursor ${visible(next_cursor)}`)
    if (confirm_token) note(`To do it: --yes, or --confirm-token ${visible(confirm_token)}`)
    if (approval)
      say(
        `Decide at ${visible(approval.url)} (${visible(approval.id)}, until ${visible(approval.expires_at)})`,
      )
  }
  if (status === 'needs_approval') return exits.waits
  return status === 'needs_confirmation' ? exits.refused : exits.done
}

const meanings: Record<string, string> = {
  dry_run: 'what it would do. Nothing has changed.',
  processing: 'it has begun.',
  needs_confirmation: 'what it would do. Nothing has changed.',
  needs_approval: 'what it would do, once a person approves. Nothing has changed.',
}
