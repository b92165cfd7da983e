/** `search_customers` among 200,000 of one workspace, alone and with a thousand other workspaces beside it. */

import { newId } from '../../src/database/columns.ts'
import { openBusiness } from './rig/business.ts'
import { quantile } from './rig/load.ts'
import { fillCities, fillPeople, fillVisits, openOwner } from './rig/people.ts'
import { openRoad, type Road } from './rig/road.ts'
import type { Stage } from './rig/stage.ts'
import type { Table } from './rig/table.ts'

const CUSTOMERS = 200_000
const OTHERS = 1000
const OTHERS_CUSTOMERS = 200

interface Person {
  email: string
  /** E.164, of Spain. */
  phone: string
}

/** What an agent has in hand when it looks for somebody: seldom the whole of anything. */
function questionsOf({ email, phone }: Person): Record<string, object> {
  const home = phone.replace(/^\+34/, '').replace(/(?<=^(...)+)/g, ' ')
  return {
    'nothing: the newest': {},
    'a surname of many, with an accent': { text: 'García' },
    'a part of a name': { text: 'kierk' },
    'two words': { text: 'łukasz gonc' },
    'a surname of many, and two letters': { text: 'garcia eu' },
    'two characters of CJK': { text: '田中' },
    'one character of CJK': { text: '娜' },
    'a name that nobody has': { text: 'quetzalcoatl' },
    'a phone, as dialled at home': { text: home },
    'a phone, as dialled from abroad': {
      text: `0034 (${phone.slice(3, 6)}) ${phone.slice(6, 9)}-${phone.slice(9)}`,
    },
    'the end of a phone': { text: phone.slice(-5) },
    'a whole email': { text: email.toUpperCase() },
    'a part of an email': { text: email.slice(0, 9) },
    'a tag of a third': { tags: ['regular'] },
    'a tag of one in 2,000': { tags: ['press'] },
    'a tag that nobody has': { tags: ['none'] },
    'a custom field': { fields: { city: 'Town 77' } },
    'a custom field and a tag': { fields: { city: 'town 42' }, tags: ['vip'] },
    'no visit for a year': { inactive_days: 365 },
    'no visit for 90 days, and a tag': { inactive_days: 90, tags: ['press'] },
    'a surname of many, and a tag': { text: 'garcia', tags: ['press'] },
  }
}

export async function measure(stage: Stage): Promise<Table> {
  const { workspaceId } = stage
  const owner = await openOwner(stage)
  const business = await openBusiness(stage, {
    minutes: { duration: 45, interval: 15 },
    hours: { from: '09:00', to: '18:00' },
    staffing: [1],
  })
  console.log(`  putting ${CUSTOMERS} customers there`)
  await fillPeople(owner, [workspaceId], CUSTOMERS)
  await fillCities(owner, workspaceId)
  await fillVisits(owner, workspaceId, business)
  await owner.query('VACUUM ANALYZE') // What autovacuum would have done by the time a business is this large.
  const road = await openRoad(stage)
  const { rows } = await owner.query<Person>(ONE, [workspaceId])
  const questions = questionsOf(rows[0]!)
  const alone = await askAll(road, Object.values(questions))
  console.log(`  and ${OTHERS} other workspaces beside them`)
  await fillPeople(owner, await openWorkspaces(stage), OTHERS_CUSTOMERS)
  await owner.query('VACUUM ANALYZE')
  const beside = await askAll(road, Object.values(questions))
  await owner.end()
  return {
    title: 'Finding a customer',
    about: `\`search_customers\` among ${CUSTOMERS.toLocaleString('en-GB')} customers of one workspace, one call at a time: the whole road without HTTP, and a page of
50. Alone, and with ${OTHERS.toLocaleString('en-GB')} other workspaces of ${OTHERS_CUSTOMERS} customers of the same names beside it. All times are p50.`,
    columns: ['by', 'found', 'alone ms', 'beside others ms', 'ratio'],
    rows: [
      ...Object.keys(questions).map((by, i) => {
        const [one, other] = [quantile(alone[i]!.times, 0.5), quantile(beside[i]!.times, 0.5)]
        return [by, alone[i]!.found, one, other, other / one]
      }),
      total(alone, beside),
    ],
  }
}

const ONE = `SELECT email, phone_e164 AS phone FROM customers WHERE workspace_id = $1 ORDER BY id OFFSET 100000 LIMIT 1`

interface Asked {
  /** On the first page. */
  found: number
  times: number[]
}

function total(alone: Asked[], beside: Asked[]): (string | number)[] {
  const [one, other] = [alone, beside].map(all =>
    quantile(
      all.flatMap(({ times }) => times),
      0.5,
    ),
  )
  const found = alone.reduce((sum, asked) => sum + asked.found, 0)
  return ['all of these', found, one!, other!, other! / one!]
}

const ROUNDS = 20
const WARM_UPS = 2

/** In turns, so that a busy moment of the machine meets every question. */
async function askAll({ call }: Road, questions: object[]): Promise<Asked[]> {
  const asked = questions.map(question => ({ question, found: 0, times: [] as number[] }))
  for (let round = -WARM_UPS; round < ROUNDS; round++) {
    for (const one of asked) {
      const began = performance.now()
      const { data } = await call('search_customers', { ...one.question, limit: PAGE })
      if (round >= 0) one.times.push(performance.now() - began)
      one.found = (data as unknown[]).length
    }
  }
  return asked
}

const PAGE = 50

async function openWorkspaces({ server, workspaceId }: Stage): Promise<string[]> {
  const ids = Array.from({ length: OTHERS }, newId)
  await server.house.database.owner.query(
    `INSERT INTO workspaces (id, name, kind, time_zone, currency, country)
     SELECT other, name, kind, time_zone, currency, country FROM workspaces, unnest($2::uuid[]) AS other WHERE id = $1`,
    [workspaceId, ids],
  )
  return ids
}
