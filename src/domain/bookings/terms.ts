/** What a service asks of who books it: an answer, a package, money ahead, and money where they do not come. */

import { and, eq } from 'drizzle-orm'
import { services } from '../business/tables.ts'
import type { Context } from '../context.ts'
import type { Booking } from './tables.ts'

export interface ServiceTerms extends Fees {
  requiresConfirmation: boolean
  /** null: until the start. */
  answerWithinMinutes: number | null
  holdMinutes: number
  requiresEntitlement: boolean
}

/** Minor units; null: none. */
export type Fees = Pick<Booking, 'depositAmount' | 'lateCancelFeeAmount' | 'noShowFeeAmount'>

export async function termsOf({ db, workspace }: Context, serviceId: string): Promise<ServiceTerms> {
  const [terms] = await db
    .select({
      requiresConfirmation: services.requiresConfirmation,
      answerWithinMinutes: services.answerWithinMinutes,
      holdMinutes: services.holdMinutes,
      requiresEntitlement: services.requiresEntitlement,
      depositAmount: services.depositAmount,
      lateCancelFeeAmount: services.lateCancelFeeAmount,
      noShowFeeAmount: services.noShowFeeAmount,
    })
    .from(services)
    .where(and(eq(services.workspaceId, workspace.id), eq(services.id, serviceId)))
  return terms!
}

/** What a booking takes along. Nobody is asked for more ahead than the whole price. */
export function feesOf(terms: Fees, priceAmount: number): Fees {
  const { depositAmount, lateCancelFeeAmount, noShowFeeAmount } = terms
  return {
    depositAmount: depositAmount === null ? null : Math.min(depositAmount, priceAmount) || null,
    lateCancelFeeAmount,
    noShowFeeAmount,
  }
}
