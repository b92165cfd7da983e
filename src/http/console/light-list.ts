/** A page of a list, as long as it is light. */

import { type Html, html } from '../pages/html.ts'
import { packed, weightOf } from '../pages/parts.ts'
import type { Visit } from './shell.ts'

/** Bytes. Beside a list a page has its frame, and its forms. */
const LIST = 80_000

/**
 * Where as many rows as were asked for are too heavy together, fewer are; the next page begins after them. One by
 * itself is never too heavy: what it holds is cut where it is written.
 */
export async function lightList<Row>(
  visit: Visit,
  [tool, args]: [tool: string, args: { limit: number } & Record<string, unknown>],
  render: (rows: Row[]) => Html[] | Promise<Html[]>,
  most = LIST,
): Promise<{ items: Html[]; rows: Row[]; next?: string }> {
  const { rows, next } = await visit.list<Row>(tool, args)
  const items = await render(rows)
  if (weightOf(html`${items}`) <= most) return { items, rows, next }
  const limit = packed(items, most)[0]!.length
  return lightList(visit, [tool, { ...args, limit }], render, Number.POSITIVE_INFINITY)
}
