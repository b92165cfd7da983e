/** Puts a customer aside: they are found no more unless one looks for them, and nothing is booked for them. */

import { idText } from '../../catalog/kinds.ts'
import type { Context } from '../context.ts'
import { change } from './change.ts'
import type { Customer } from './customer.ts'
import { getCustomer } from './get.ts'
import { comingVisits } from './visits.ts'

/** Once: who is archived stays so. What is booked for them stays as well, and is told. @throws Refusal `not_found` */
export async function archiveCustomer(ctx: Context, id: string): Promise<Customer> {
  const customer = await getCustomer(ctx, id)
  for (const visit of await comingVisits(ctx, customer.id)) {
    ctx.warn(`${idText(visit.kind, visit.id)} at ${visit.startsAt} stays as it is.`)
  }
  if (customer.status === 'archived') return customer
  return change(ctx, customer.id, { status: 'archived' }, ['status'])
}
