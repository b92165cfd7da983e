/** The command, as real processes against a real server: what it does, says, stores and exits with. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js'
import { cliMain, finish, newTerminal, type Ran, type Terminal } from './support/cli.ts'
import { signIn } from './support/person.ts'
import { startServer } from './support/server.ts'

const server = await startServer({ after: work => after(work as () => void) })
const owner = await server.signUp()
/** Where nobody listens: a port that was free a moment ago. */
const AWAY = await awayFrom()

/** A terminal whose user has the owner's key. */
function terminal(t: TestContext, env: NodeJS.ProcessEnv = {}): Terminal {
  return newTerminal(t, { BACKDESK_URL: server.url, BACKDESK_KEY: owner.key, ...env })
}

function nobody(t: TestContext): Terminal {
  return newTerminal(t, { BACKDESK_URL: server.url })
}

test('from nothing to the first booking, by the command alone', async t => {
  const { run, home } = nobody(t)
  const email = 'maya@cli-studio.example'
  const asked = await run(
    ['signup', 'request', '--email', email, '--organisation-name', 'CLI Studio'].concat([
      '--time_zone',
      'Europe/Madrid',
      '--currency',
      'EUR',
      '--country',
      'ES',
      '--json',
    ]),
  )
  assert.equal(asked.code, 0, asked.stderr)
  const { request_id } = asked.json().data
  const mail = (await server.mailbox()).find(({ to }) => to === email)
  const code = /\d{6}/.exec(mail!.text)![0]
  const verified = await run(['signup', 'verify', '--request_id', request_id, '--code', code])
  assert.equal(verified.code, 0, verified.stderr)

  const path = join(home, '.config/backdesk/keys.json')
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.equal(statSync(join(home, '.config/backdesk')).mode & 0o777, 0o700)
  const key = JSON.parse(readFileSync(path, 'utf8')).servers[server.url].api_key
  assert.match(key, /^bd_live_/)
  assert.ok(!(verified.stdout + verified.stderr).includes(key), 'the key is kept, and not shown')
  assert.match((await run(['whoami'])).stdout, /name: CLI Studio/)

  const does = async (...words: string[]) => {
    const ran = await run(['tools', 'call', '--json', ...words])
    assert.equal(ran.code, 0, ran.stderr + ran.stdout)
    return ran.json().data
  }
  const [location] = await does('list_locations')
  const service = await does(
    ...['create_service', '--name', 'Haircut', '--duration-minutes', '45'],
    ...['--price.amount', '3500', '--price.currency', 'EUR'],
  )
  const eva = await does('create_staff', '--name', 'Eva', '--location_ids', location.id)
  await does('set_staff_services', '--staff_id', eva.id, '--services.0.service_id', service.id)
  const ana = await does('create_customer', '--name', 'Ana Ruiz', '--phone', '+34 612 345 678')
  const { slots } = await does(
    ...['get_available_slots', '--service_id', service.id, '--location_id', location.id, '--limit', '1'],
  )
  const wish = ['--service_id', service.id, '--location_id', location.id, '--start', slots[0].start]
  const booking = await does('create_booking', '--customer_id', ana.id, ...wish)
  assert.equal(booking.state, 'confirmed')

  const rival = await run(['tools', 'call', 'create_booking', '--customer_id', ana.id, ...wish, '--json'])
  assert.equal(rival.code, 1)
  assert.ok(['slot_conflict', 'customer_overlap'].includes(rival.json().code), rival.stdout)
})

test('the exit code says what became of a call: 0 done, 1 refused, 2 usage, 3 not reached, 4 waits', async t => {
  const { run } = terminal(t)
  const policy = ['--rules', '[{"tool":"create_api_key","gate":"confirm"}]']
  const unknown = 'service_01k0000000e00800000000000a'
  const ends: [number, string[]][] = [
    [0, ['whoami']],
    [0, ['tools', 'call', 'list_services', '--limit', '2']],
    [0, ['tools', 'call', 'create_customer', '--name', 'Dry', '--email', 'dry@run.example', '--dry-run']],
    [1, ['tools', 'call', 'get_service', '--service_id', unknown]],
    [2, ['tools', 'call', 'get_servic']],
    [2, ['tools', 'call', 'get_service']],
    [2, ['tools', 'call', 'get_service', '--service', 'x']],
    [2, ['tools', 'call', 'list_services', 'stray']],
    [2, ['tools', 'call', 'list_services', '--arguments', '[1]']],
    [2, ['tools', 'call', 'list_services', '--dry-run']],
    [2, ['tools', 'call', 'get_service', '--service_id', '..']],
    [2, ['tool']],
    [2, ['tools']],
    [2, ['login', owner.key]],
    [2, ['--server', 'ftp://x', 'whoami']],
    [3, ['--server', AWAY, 'tools', 'list']],
    [4, ['tools', 'call', 'set_approval_policy', ...policy]],
  ]
  for (const [at, [code, words]] of ends.entries()) {
    const ran = await run(['--json', ...words])
    assert.equal(ran.code, code, `${words.join(' ')}: ${ran.stdout}${ran.stderr}`)
    if (code !== 0 && code !== 4) assert.ok(ran.json().code && ran.json().message, ran.stdout)
    assert.ok(!`${ran.stdout}${ran.stderr}`.includes(owner.key), 'no key is repeated')
    // The same without --json, of some: each is a process, and half a second.
    if (at % 4 === 0) assert.equal((await run(words)).code, code)
  }
})

test('without a key a command says how to get one', async t => {
  const { run } = nobody(t)
  for (const words of [['whoami'], ['keys', 'list'], ['tools', 'call', 'list_services']]) {
    const ran = await run([...words, '--json'])
    assert.deepEqual([ran.code, ran.json().code], [1, 'unauthenticated'])
  }
})

test('a key is read from stdin, tried, kept for its server alone, and forgotten', async t => {
  const { run, home } = nobody(t)
  const refused = await run(['login', '--json'], 'bd_live_nonsense\n')
  assert.deepEqual([refused.code, refused.json().code], [1, 'unauthenticated'])
  assert.ok(!existsSync(join(home, '.config/backdesk/keys.json')), 'what opens nothing is not kept')
  assert.equal((await run(['login'], 'two words')).code, 2)

  const kept = await run(['login'], `${owner.key}\n`)
  assert.equal(kept.code, 0, kept.stderr)
  assert.equal((await run(['whoami'])).code, 0)
  const elsewhere = server.url.replace('127.0.0.1', 'localhost')
  assert.equal((await run(['--server', elsewhere, 'whoami'])).code, 1, 'another server gets no key')
  assert.equal((await run(['logout'])).code, 0)
  assert.equal((await run(['whoami'])).code, 1)
})

test('arguments come from JSON, stdin or a file, and fields go over them', async t => {
  const { run, home } = terminal(t)
  const limited = (words: string[], input?: string) =>
    run(['tools', 'call', 'search_tools', '--json', ...words], input)
  const json = '{"query":"book","limit":1}'
  writeFileSync(join(home, 'arguments.json'), json)
  for (const ran of [
    await limited(['--arguments', json]),
    await limited(['--arguments', '-'], json),
    await limited(['--arguments', `@${home}/arguments.json`]),
    await limited(['--arguments', '{"query":"book","limit":20}', '--limit', '1']),
  ]) {
    assert.equal(ran.code, 0, ran.stdout)
    assert.equal(ran.json().data.length, 1)
  }
  assert.equal((await limited(['--arguments', '-'], '{')).code, 2)
  assert.equal((await limited(['--arguments', '@/nowhere'])).code, 2)
})

test('the key of a call is said, and repeats it', async t => {
  const { run } = terminal(t)
  const words = [
    'tools',
    'call',
    'create_customer',
    '--name',
    'Twice',
    '--email',
    'twice@example.com',
    '--json',
  ]
  const first = await run(words)
  const [, key] = /--idempotency-key (\S+)\)/.exec(first.stderr)!
  const again = await run([...words, '--idempotency-key', key!])
  assert.equal(again.code, 0, again.stdout)
  assert.deepEqual([again.json().replayed, again.json().data.id], [true, first.json().data.id])
})

test('a preview is shown and done with --yes, or with its token, and never by itself', async t => {
  const { run } = terminal(t)
  const made = await run(['keys', 'create', '--name', 'Old', '--json'])
  const { id } = made.json().data
  const preview = await run(['keys', 'revoke', id])
  assert.equal(preview.code, 1)
  assert.match(preview.stdout, /needs_confirmation[\s\S]*name: Old/)
  const [, token] = /--confirm-token (\S+)/.exec(preview.stderr)!
  const dry = await run(['keys', 'revoke', id, '--dry-run', '--json'])
  assert.deepEqual([dry.code, dry.json().status], [0, 'dry_run'])
  const confirmed = await run(['keys', 'revoke', id, '--confirm-token', token!, '--json'])
  assert.deepEqual([confirmed.code, confirmed.json().status], [0, 'done'])
  const other = (await run(['keys', 'create', '--name', 'Older', '--json'])).json().data.id
  assert.equal((await run(['keys', 'revoke', other, '--yes'])).code, 0)
  const { data } = (await run(['keys', 'list', '--json'])).json()
  assert.ok(
    data.every((key: { id: string; revoked_at: unknown }) => ![id, other].includes(key.id) || key.revoked_at),
  )
})

test('on a terminal it asks: for a key that is not shown, and whether to do it', async t => {
  const { env, run, home } = nobody(t)
  if (!existsSync('/usr/bin/script')) return t.skip('no script(1) to make a terminal')
  const onTerminal = (words: string[], answer: string, prompt: RegExp): Promise<Ran> => {
    const line = [process.execPath, cliMain, ...words].join(' ')
    const child = spawn('script', ['-qec', line, '/dev/null'], { env })
    let [shown, answered] = ['', false]
    child.stdout.on('data', chunk => {
      shown += chunk
      if (answered || !prompt.test(shown)) return
      answered = true
      child.stdin.write(`${answer}\r`)
    })
    return finish(child)
  }
  const login = await onTerminal(['login'], owner.key, /API key for/)
  assert.equal(login.code, 0, login.stdout)
  assert.ok(!login.stdout.includes(owner.key.slice(0, 20)))
  assert.ok(readFileSync(join(home, '.config/backdesk/keys.json'), 'utf8').includes(owner.key))

  const { id } = (await run(['keys', 'create', '--name', 'Asked', '--json'])).json().data
  const declined = await onTerminal(['keys', 'revoke', id], 'n', /Do it\?/)
  assert.deepEqual([declined.code, /name: Asked/.test(declined.stdout)], [1, true])
  assert.equal((await onTerminal(['keys', 'revoke', id], 'y', /Do it\?/)).code, 0)
})

test('--wait waits for the person, and says what they decided', async t => {
  const { env } = terminal(t)
  const person = await signIn(server, owner.email)
  const rules = '[{"tool":"create_api_key","gate":"confirm"}]'
  const decide = async (verdict: 'approve' | 'reject') => {
    const words = ['tools', 'call', 'set_approval_policy', '--rules', rules, '--wait', '--json']
    const child = spawn(process.execPath, [cliMain, ...words], { env })
    const link = new Promise<string>(resolve => {
      child.stderr.on('data', chunk => {
        const [found] = /approval_[a-z0-9]+/.exec(String(chunk)) ?? []
        if (found) resolve(found)
      })
    })
    const ended = finish(child, '')
    const id = await link
    assert.equal(
      (await person.decide(id, verdict, verdict === 'reject' ? { note: 'Not now' } : {})).status,
      200,
    )
    return ended
  }
  const rejected = await decide('reject')
  assert.equal(rejected.code, 1)
  assert.match(rejected.json().message, /rejected; nothing was done/)
  const approved = await decide('approve')
  assert.deepEqual([approved.code, approved.json().status], [0, 'done'], approved.stdout)
  const { data } = (await terminal(t).run(['approvals', 'list', '--state', 'executed', '--json'])).json()
  const shown = await terminal(t).run(['approvals', 'show', data[0].id])
  assert.match(shown.stdout, /state: executed/)
})

test('the catalog can be searched, narrowed and read', async t => {
  const { run } = nobody(t)
  assert.match(
    (await run(['tools', 'list', '--search', 'move an appointment'])).stdout,
    /^reschedule_booking /,
  )
  const names = (await run(['tools', 'list', '--domain', 'bookings', '--names'])).stdout.trim().split('\n')
  assert.deepEqual(
    names,
    server.house.catalog.ofDomain('bookings').map(({ tool }) => tool.name),
  )
  const { stdout } = await run(['tools', 'describe', 'create_service'])
  assert.match(stdout, /--price\.amount +integer, required/)
  assert.equal(
    (await run(['tools', 'describe', 'create_service', '--json'])).json().route,
    'POST /v1/services',
  )
  assert.match((await run(['tools', 'call', 'create_service', '--help'])).stdout, /--price\.amount/)
})

test('doctor says what is wrong and what to do', async t => {
  const well = await terminal(t).run(['doctor', '--json'])
  assert.equal(well.code, 0, well.stdout)
  const names = well.json().checks.map(({ name }: { name: string }) => name)
  assert.deepEqual(names, ['node', 'key file', 'server', 'clock', 'version', 'database', 'key'])

  const wrongKey = await terminal(t, { BACKDESK_KEY: 'bd_live_nonsense' }).run(['doctor'])
  assert.equal(wrongKey.code, 1)
  assert.match(wrongKey.stdout, /failed +key .*\n +→ Take another/)
  const away = await terminal(t, { BACKDESK_URL: AWAY }).run(['doctor'])
  assert.equal(away.code, 3)
  assert.match(away.stdout, /failed +server .*ECONNREFUSED[\s\S]*→ Start one/)
})

for (const [name, connect] of Object.entries({
  'SDK v1': async (env: NodeJS.ProcessEnv, args: string[]) => {
    const client = new ClientV1({ name: 'cli.test', version: '1.0.0' })
    await client.connect(new StdioV1({ command: process.execPath, args, env: env as Record<string, string> }))
    return client
  },
  'SDK v2, 2026-07-28': async (env: NodeJS.ProcessEnv, args: string[]) => {
    const client = new Client(
      { name: 'cli.test', version: '1.0.0' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    )
    const transport = { command: process.execPath, args, env: env as Record<string, string> }
    await client.connect(new StdioClientTransport(transport))
    return client
  },
})) {
  test(`${name} lists and calls tools over the stdio bridge`, async t => {
    const { env } = terminal(t)
    const client = await connect(env, [cliMain, 'mcp', 'all'])
    const { tools } = await client.listTools()
    const ofKeys = server.house.catalog.entries.filter(({ tool }) => tool.by === undefined)
    assert.equal(tools.length, ofKeys.length)
    const [context, refused] = await Promise.all([
      client.callTool({ name: 'get_current_context', arguments: {} }),
      client.callTool({ name: 'list_api_keys', arguments: { limit: 0 } }),
    ])
    const { data } = context.structuredContent as { data: { workspace: { id: string } } }
    assert.equal(data.workspace.id, owner.workspaceId)
    assert.equal(refused.isError, true)
    await assert.rejects(
      client.callTool({ name: 'list_api_kez', arguments: {} }),
      /Did you mean list_api_keys/,
    )
    await client.close()
  })
}

test('the bridge answers what it cannot pass on, and ends with its input', async t => {
  const call = '{"jsonrpc":"2.0","id":"a","method":"tools/list"}'
  const away = await terminal(t, { BACKDESK_URL: AWAY }).run(['mcp'], `${call}\nno json\n`)
  assert.equal(away.code, 0)
  const answers = away.stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.deepEqual(
    answers.map(({ id, error }) => [id, error.code]).sort(),
    [
      ['a', -32000],
      [null, -32700],
    ].sort(),
  )
  const wrong = await terminal(t, { BACKDESK_KEY: 'bd_live_nonsense' }).run(['mcp'], call)
  const { id, error } = JSON.parse(wrong.stdout)
  assert.deepEqual([id, error.data.code], ['a', 'unauthenticated'])
})

test('text from a server moves no cursor and runs nothing in a shell', async t => {
  const evil = '\x1b]52;c;aGk=\x07\x1b[2J\u202e\r'
  const tool = {
    name: `list_things`,
    title: `Things${evil}`,
    description: `About${evil}`,
    domain: `x${evil}`,
    effect: 'read',
    gate: 'allow',
    role: 'member',
    scope: 'x',
    route: 'GET /v1/things',
    input_schema: { type: 'object', properties: { [`f${evil}`]: { type: 'string', description: evil } } },
  }
  const forged = { ...tool, name: '$(touch pwned)' }
  const bodies: Record<string, [number, unknown]> = {
    '/catalog.json': [200, { name: 'x', tools: [tool, forged] }],
    '/v1/things': [200, { data: [{ [`n${evil}`]: evil, text: `a\n${evil}` }], next_cursor: evil }],
  }
  const url = await listen(
    t,
    path => bodies[path] ?? [404, { code: evil, message: evil, details: {}, next_tools: [evil] }],
  )
  const { run } = newTerminal(t, { BACKDESK_URL: url, BACKDESK_KEY: 'bd_live_x' })
  for (const words of [
    ['tools', 'list'],
    ['tools', 'describe', 'list_things'],
    ['tools', 'call', 'list_things'],
    ['tools', 'call', 'list_thingz'],
    ['doctor'],
    ['--json', 'tools', 'call', 'list_things'],
    ['--json', 'tools', 'describe', 'list_things'],
  ]) {
    const { stdout, stderr } = await run(words)
    assert.doesNotMatch(stdout + stderr, /[^\P{Cc}\n]|[\u202a-\u202e]/u, words.join(' '))
  }
  const names = await run(['tools', 'list', '--names'])
  assert.equal(names.stdout, 'list_things\n')
})

test('what answers there and is no Backdesk server is not reached, and gets no key by a redirect', async t => {
  const seen: (string | undefined)[] = []
  const other = await listen(t, (_path, headers) => {
    seen.push(headers.authorization)
    return [200, {}]
  })
  const page = await listen(t, () => [200, '<html>'])
  const redirect = await listen(t, () => [302, '', { location: `${other}/catalog.json` }])
  for (const url of [page, redirect]) {
    const ran = await terminal(t, { BACKDESK_URL: url }).run(['whoami', '--json'])
    assert.equal(ran.code, 3, ran.stdout)
  }
  assert.deepEqual(seen, [])
})

test('completion is a script that each shell can read, and bash completes with it', async t => {
  const { run, shell } = terminal(t)
  for (const name of ['bash', 'zsh', 'fish']) assert.equal((await run(['completion', name])).code, 0)
  assert.equal((await run(['completion', 'cmd'])).code, 2)
  const checked = await shell('backdesk completion bash | bash -n')
  assert.deepEqual([checked.code, checked.stderr], [0, ''])
  const complete = (words: string) =>
    shell(
      `bash -c 'source <(backdesk completion bash); COMP_WORDS=(backdesk ${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _backdesk; echo "\${COMPREPLY[@]}"'`,
    )
  assert.equal((await complete('to')).stdout, 'tools\n')
  assert.equal((await complete('tools de')).stdout, 'describe\n')
  assert.equal(
    (await complete('tools call create_book')).stdout,
    'create_booking create_booking_self_service_link\n',
  )
})

test('built by tsc it is a program of plain JavaScript', { timeout: 60_000 }, async t => {
  const root = join(import.meta.dirname, '..')
  const tsc = await finish(spawn('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], { cwd: root }), '')
  assert.equal(tsc.code, 0, tsc.stdout)
  const built = newTerminal(
    t,
    { BACKDESK_URL: server.url, BACKDESK_KEY: owner.key },
    join(root, 'dist/cli/main.js'),
  )
  assert.match((await built.run(['whoami'])).stdout, /name: Studio Norte/)
  assert.equal(
    (await built.run(['tools', 'call', 'create_customer', '--name', 'Built', '--email', 'b@x.example'])).code,
    0,
  )
  const files = readFileSync(join(root, 'dist/cli/main.js'), 'utf8')
  assert.match(files, /^#!\/usr\/bin\/env node\n/)
})

test('up starts the server of the checkout, and stops it', { timeout: 120_000 }, async t => {
  const dataDir = await mkdtemp(join(tmpdir(), 'backdesk-up-'))
  t.after(() => rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }))
  const env = { ...terminal(t).env, PORT: '0', BACKDESK_DATA_DIR: dataDir }
  const child = spawn(process.execPath, [cliMain, 'up'], { env })
  child.stdout.on('data', async chunk => {
    const [url] = /http:\S+(?=\/catalog)/.exec(String(chunk)) ?? []
    if (!url) return
    assert.equal((await fetch(`${url}/readyz`)).status, 200)
    child.kill('SIGINT')
    child.kill('SIGTERM') // A second one does not cut the server off.
  })
  const { code, stdout, stderr } = await finish(child)
  assert.match(stdout, /^MCP +http/, stderr)
  assert.equal(code, 0)
})

async function awayFrom(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return `http://127.0.0.1:${port}`
}

type Answered = [status: number, body: unknown, headers?: Record<string, string>]

/** A server that is not ours. */
async function listen(
  t: TestContext,
  answer: (path: string, headers: Record<string, string | undefined>) => Answered,
): Promise<string> {
  const other = createServer((request, response) => {
    const [status, body, headers] = answer(
      request.url!.split('?')[0]!,
      request.headers as Record<string, string>,
    )
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.after(() => other.close())
  return `http://127.0.0.1:${(other.address() as AddressInfo).port}`
}
