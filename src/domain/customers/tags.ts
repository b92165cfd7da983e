/** Sets a customer's tags: exactly these, in whatever case they are given. */

import type { Context } from '../context.ts'
import { change } from './change.ts'
import { type Customer, labels } from './customer.ts'
import { getCustomer } from './get.ts'

/** Once: the same list again changes nothing. @throws Refusal `not_found` */
export async function setTags(ctx: Context, id: string, tags: string[]): Promise<Customer> {
  const customer = await getCustomer(ctx, id)
  const wanted = labels(tags)
  const same = wanted.length === customer.tags.length && wanted.every(tag => customer.tags.includes(tag))
  return same ? customer : change(ctx, customer.id, { tags: wanted }, ['tags'])
}
