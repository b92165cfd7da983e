import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBusiness } from '../../../test/support/customers.ts'
import type { Job } from '../../database/jobs.ts'
import { recordConsent } from '../messaging/consent.ts'
import { findJob } from '../ops/jobs.ts'
import { eraseCustomer } from './erase.ts'
import { keepErasure } from './erased.ts'
import { readValues } from './field-values.ts'
import { defineField } from './fields.ts'
import { importPart, startImport } from './import.ts'
import { planImport } from './import-plan.ts'
import { searchCustomers } from './search.ts'

async function open(t: Parameters<typeof openBusiness>[0]) {
  const business = await openBusiness(t)
  const { run } = business
  const jobs: Job[] = []
  const plan = (csv: string, mapping?: Record<string, string>) =>
    run(ctx => planImport(ctx, { csv, mapping }))
  const start = async (csv: string, mapping?: Record<string, string>) => {
    const { hash } = await plan(csv, mapping)
    const { job } = await run(ctx =>
      startImport({ ...ctx, enqueue: async one => void jobs.push(one) }, { csv, mapping, plan: hash }),
    )
    return job.id
  }
  const commit = async (csv: string, mapping?: Record<string, string>) => {
    const id = await start(csv, mapping)
    while (await run(ctx => importPart(ctx, id)));
    return run(ctx => findJob(ctx, id))
  }
  const all = async () => (await run(ctx => searchCustomers(ctx, { limit: 100 }))).rows
  return { ...business, plan, start, commit, all, jobs }
}

test('the preview maps, validates and plans each row; the commit does that plan', async t => {
  const { plan, commit, create, all } = await open(t)
  await create({ name: 'Ana', email: 'ana@example.com' })
  const csv =
    'Nombre;Correo;Telefono;Other\nANA;ana@example.com;0151 23456789;x\nBea;bea@example.com;;\nbea;BEA@example.com;;\nCid;not an email;12;\n;x@example.com;;'
  const { counts, columns, faults } = await plan(csv)
  assert.deepEqual(
    columns.map(({ target }) => target),
    ['name', 'email', 'phone', 'ignore'],
  )
  assert.deepEqual(counts, { rows: 5, new: 1, known: 1, repeated: 1, faulty: 2 })
  assert.deepEqual(
    faults.map(({ row, column }) => [row, column]),
    [
      [4, 'Correo'],
      [4, 'Telefono'],
      [5, 'Nombre'],
    ],
  )
  const job = await commit(csv)
  assert.deepEqual([job.state, job.done, job.total], ['done', 3, 3])
  assert.deepEqual(job.result, { created: 1, updated: 1, unchanged: 1, failed: 0, opted_out: 0 })
  assert.deepEqual(
    (await all()).map(({ name, phone }) => [name, phone]),
    [
      ['Bea', null],
      ['Ana', '+4915123456789'],
    ],
  )
})

test('re-running the file changes nothing', async t => {
  const { commit, all, run } = await open(t)
  await run(ctx => defineField(ctx, { key: 'size', label: 'Size', type: 'number' }))
  const csv = 'Name,Email,Phone,Note,Tags,Size,OK\nAna,ana@example.com,0151 23456789,Tea,"vip, new",38,yes'
  const mapping = { OK: 'consent:email:marketing' }
  await commit(csv, mapping)
  const first = await all()
  const { result } = await commit(csv, mapping)
  assert.deepEqual(result, { created: 0, updated: 0, unchanged: 1, failed: 0, opted_out: 0 })
  assert.deepEqual(await all(), first)
  assert.deepEqual((await run(ctx => readValues(ctx, [first[0]!.id]))).get(first[0]!.id), { size: 38 })
})

test('who is known is filled in and never overwritten', async t => {
  const { commit, create, all } = await open(t)
  await create({ name: 'Ana', email: 'ana@example.com', note: 'Hers', tags: ['old'] })
  await commit('name,email,note,tags,language\nAna,ana@example.com,Theirs,new,es')
  const [ana] = await all()
  assert.deepEqual([ana!.note, ana!.language, ana!.tags], ['Hers', 'es', ['old', 'new']])
})

test('imports never override an opt-out: of a word, of an address, nor of one who was erased', async t => {
  const { commit, create, run, database } = await open(t)
  const said = { channel: 'email', purpose: 'marketing', source: 'Desk' } as const
  const { id: customerId } = await create({ name: 'No', email: 'no@example.com' })
  await run(ctx => recordConsent(ctx, { customerId, state: 'withdrawn', ...said }))
  await run(ctx => keepErasure(ctx, ['gone@example.com']))
  const csv =
    'name,email,ok\nNo,no@example.com,yes\nGone,gone@example.com,yes\nYes,yes@example.com,yes\nNay,nay@example.com,no'
  const { result } = await commit(csv, { ok: 'consent:email:marketing' })
  assert.deepEqual(result, { created: 3, updated: 0, unchanged: 1, failed: 0, opted_out: 2 })
  const { rows } = await database.owner.query(
    `SELECT c.name, e.state FROM consent_events e JOIN customers c ON c.id = e.customer_id WHERE source = 'Import' ORDER BY 1`,
  )
  assert.deepEqual(rows, [
    { name: 'Nay', state: 'withdrawn' },
    { name: 'Yes', state: 'granted' },
  ])
})

test('cells that start a formula are stored verbatim', async t => {
  const { commit, all } = await open(t)
  await commit('name,note\n"=HYPERLINK(""x"")",+cmd')
  assert.deepEqual(
    (await all()).map(({ name, note }) => [name, note]),
    [['=HYPERLINK("x")', '+cmd']],
  )
})

test('lost characters are an error of their row, and the others go in', async t => {
  const { commit, plan, all } = await open(t)
  const csv = 'name\nJos\ufffd\nAna'
  assert.equal((await plan(csv)).faults[0]!.row, 1)
  await commit(csv)
  assert.deepEqual(
    (await all()).map(({ name }) => name),
    ['Ana'],
  )
})

test('a file that would do something else by now is refused', async t => {
  const { plan, create, run } = await open(t)
  const csv = 'name,email\nAna,ana@example.com'
  const { hash } = await plan(csv)
  await create({ name: 'Ana', email: 'ana@example.com' })
  await assert.rejects(
    run(ctx => startImport(ctx, { csv, plan: hash })),
    { code: 'stale_version' },
  )
})

test('a mapping names columns and targets that are there, each once', async t => {
  const { plan } = await open(t)
  for (const mapping of [
    { Nope: 'name' },
    { name: 'nope' },
    { a: 'email', b: 'email' },
    { name: 'ignore' },
  ] as Record<string, string>[]) {
    await assert.rejects(plan('name,a,b\nx,y,z', mapping), {
      code: 'invalid_input',
      details: { field: 'mapping' },
    })
  }
})

test('a job goes on where it was, part by part, with its progress; no row is applied twice', async t => {
  const { start, run, all } = await open(t)
  const rows = Array.from({ length: 600 }, (_, n) => `Person ${n},p${n}@example.com`)
  const id = await start(`name,email\n${rows.join('\n')}`)
  assert.equal(await run(ctx => importPart(ctx, id)), true)
  const half = await run(ctx => findJob(ctx, id))
  assert.deepEqual([half.state, half.done], ['running', 250])
  await Promise.all([run(ctx => importPart(ctx, id)), run(ctx => importPart(ctx, id))])
  assert.equal(await run(ctx => importPart(ctx, id)), false)
  const over = await run(ctx => findJob(ctx, id))
  assert.deepEqual([over.state, over.done, over.result.created], ['done', 600, 600])
  assert.equal((await all()).length, 100)
})

test('whoever is erased while a file waits is not made anew by it, and the job comes to its end', async t => {
  const { start, create, run, all, jobs } = await open(t)
  const { id } = await create({ name: 'Ana Ruiz', email: 'ana@example.com' })
  const jobId = await start('Name,Email\nAna Ruiz,ana@example.com\nBea,bea@example.com')
  await run(ctx => eraseCustomer({ ...ctx, enqueue: async one => void jobs.push(one) }, id, false))
  assert.equal(await run(ctx => importPart(ctx, jobId)), false)
  const job = await run(ctx => findJob(ctx, jobId))
  assert.deepEqual([job.state, job.done], ['done', 2])
  assert.deepEqual(job.result, { created: 1, updated: 0, unchanged: 0, failed: 1, opted_out: 0 })
  assert.deepEqual(
    (await all()).map(({ name }) => name),
    ['Bea'],
  )
})
