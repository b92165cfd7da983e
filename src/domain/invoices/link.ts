/** The address of an invoice's page: signed, it ends by itself, and says only which invoice it is. */

import { linkToken } from '../../access/signed-link.ts'
import type { Context } from '../context.ts'

export const INVOICE_PAGE = 'invoice page'

/** Half a year, to the end of a day (UTC), so that whoever asks twice on a day is told the same. Real time, as of every credential. */
const VALID_DAYS = 180

export function invoiceUrl(
  { workspace, secrets, publicUrl }: Pick<Context, 'workspace' | 'secrets' | 'publicUrl'>,
  invoiceId: string,
): string {
  const number = (Math.floor(Date.now() / DAY) + 1 + VALID_DAYS) * (DAY / 1000)
  const claims = { workspaceId: workspace.id, subjectId: invoiceId, number }
  return `${publicUrl}/i/${linkToken(secrets, INVOICE_PAGE, claims)}`
}

const DAY = 24 * 3_600_000
