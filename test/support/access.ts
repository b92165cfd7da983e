/** For the tests of access: a call as the road makes it, and a business to make it in. */

import { randomBytes } from 'node:crypto'
import { Temporal } from 'temporal-polyfill'
import { authenticateKey, type Caller } from '../../src/access/authenticate.ts'
import { ANONYMOUS, FRONT_DESK } from '../../src/access/principal.ts'
import { makeSecrets } from '../../src/access/secrets.ts'
import { requestSignUp, type SignUp, verifySignUp } from '../../src/access/sign-up.ts'
import { Refusal } from '../../src/catalog/refusal.ts'
import type { Database, Db } from '../../src/database/pool.ts'
import type { Context, DomainEvent } from '../../src/domain/context.ts'

export const secrets = makeSecrets(randomBytes(32))

interface Call {
  /** Nobody at the front desk, unless somebody is known. */
  caller?: Pick<Caller, 'principal' | 'workspace'>
  /** Before the savepoint, as the road does what a tool spends. */
  spend?: (db: Db) => Promise<void>
  /** Happens when a refusal's rollback has given its locks away, and what must last is not yet done. */
  beforeRecord?: () => Promise<void>
  events?: DomainEvent[]
}

/** Runs in a savepoint; a refusal rolls back to it, then what must last is done, and the transaction commits. */
export async function call<T>(
  database: Database,
  {
    caller = { principal: ANONYMOUS, workspace: FRONT_DESK },
    spend = async () => {},
    beforeRecord = async () => {},
    events = [],
  }: Call,
  run: (ctx: Context) => Promise<T>,
): Promise<T> {
  const outcome = await database.transaction(caller.workspace.id, {}, async tx => {
    await spend(tx.db)
    tx.savepoint('run')
    try {
      const context = {
        ...caller,
        db: tx.db,
        now: Temporal.Now.instant(),
        secrets,
        requestId: 'test',
        emit: event => events.push(event),
        declare() {},
        warn() {},
        enterWorkspace: async id => tx.enterWorkspace(id),
      } as Partial<Context> as Context
      return { answer: await run(context) }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      tx.rollbackTo('run')
      await beforeRecord()
      return { refusal: error }
    }
  })
  if ('refusal' in outcome) throw outcome.refusal
  return outcome.answer
}

export const business = {
  organisation_name: 'Studio Nord',
  person_name: 'Ada',
  time_zone: 'Europe/Berlin',
  currency: 'EUR',
  country: 'DE',
}

/** A workspace whose owner is `email`, its key, and the caller that this key makes. */
export async function signUp(
  database: Database,
  email = 'ada@example.com',
): Promise<SignUp & { caller: Caller }> {
  const { request_id } = await call(database, {}, ctx => requestSignUp(ctx, { email, ...business }))
  const code = secrets.oneTimeCode(request_id)
  const made = await call(database, {}, ctx => verifySignUp(ctx, { request_id, code }))
  return { ...made, caller: await authenticateKey(database, made.api_key) }
}
