/** What was chosen with a booking, in words: its variant, its add-ons, and the rooms and equipment that it has. */

import { and, eq, inArray } from 'drizzle-orm'
import { resources, serviceVariants } from '../business/tables.ts'
import type { Context } from '../context.ts'
import type { Booking } from './tables.ts'

export interface Chosen {
  variant: string | null
  addons: string[]
  /** `Room 1`, or `2 × Chair` */
  resources: string[]
}

export async function chosenOf({ db, workspace }: Context, booking: Booking): Promise<Chosen> {
  const { variantId, addons, needs } = booking
  const [variants, pools] = await Promise.all([
    variantId === null
      ? []
      : db
          .select({ name: serviceVariants.name })
          .from(serviceVariants)
          .where(and(eq(serviceVariants.workspaceId, workspace.id), eq(serviceVariants.id, variantId))),
    needs.length === 0
      ? []
      : db
          .select({ id: resources.id, name: resources.name })
          .from(resources)
          .where(
            and(
              eq(resources.workspaceId, workspace.id),
              inArray(
                resources.id,
                needs.map(({ resource_id }) => resource_id),
              ),
            ),
          ),
  ])
  return {
    variant: variants[0]?.name ?? null,
    addons: addons.map(({ name }) => name),
    resources: needs.map(({ resource_id, quantity }) => {
      const { name } = pools.find(({ id }) => id === resource_id)!
      return quantity === 1 ? name : `${quantity} × ${name}`
    }),
  }
}
