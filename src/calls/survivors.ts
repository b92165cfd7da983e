/**
 * The id of a customer who was merged stands for the survivor, wherever a tool takes one: an old link or a noted id stays
 * good. A call that writes holds the survivors' rows as a foreign key does, so that a merge waits until it is over, and
 * it waits for a merge that has begun: nothing is written for somebody who has just gone.
 */

import { sql } from 'drizzle-orm'
import type { Entry } from '../catalog/catalog.ts'
import type { Db } from '../database/pool.ts'

/** The input with survivors' ids; the same object where nobody of it was merged. */
export async function withSurvivors(
  db: Db,
  workspaceId: string,
  { tool, customerInputs }: Entry,
  input: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  if (tool.takesMerged || customerInputs.length === 0) return input
  const asked = new Set(customerInputs.flatMap(path => valuesAt(input, path)))
  if (asked.size === 0) return input
  const survivors = await survivorsOf(db, workspaceId, [...asked], tool.effect !== 'read')
  if (survivors.size === 0) return input
  return customerInputs.reduce(
    (changed, path) => replaced(changed, path, survivors),
    input as unknown,
  ) as typeof input
}

/** Of those who were merged: whom they are now. One query a link of the chain, most often none but the first. */
async function survivorsOf(
  db: Db,
  workspaceId: string,
  ids: string[],
  lock: boolean,
): Promise<Map<string, string>> {
  const survivors = new Map<string, string>()
  const seen = new Set<string>()
  for (let next = ids; next.length > 0; ) {
    const { rows } = await db.execute<{ id: string; merged_into: string | null }>(sql`
      SELECT id, merged_into FROM customers
      WHERE workspace_id = ${workspaceId} AND id = ANY(${sql.param(next)}::uuid[])
      ORDER BY id ${lock ? sql`FOR KEY SHARE` : sql``}`)
    for (const { id } of rows) seen.add(id)
    const links = rows.flatMap(({ id, merged_into: into }) => (into ? [[id, into] as const] : []))
    for (const [id, into] of links) {
      for (const [first, last] of survivors) if (last === id) survivors.set(first, into)
      survivors.set(id, into)
    }
    next = [...new Set(links.map(([, into]) => into))].filter(id => !seen.has(id))
  }
  return survivors
}

function valuesAt(node: unknown, [step, ...rest]: string[]): string[] {
  if (step === undefined) return typeof node === 'string' ? [node] : []
  if (node === null || typeof node !== 'object') return []
  if (step === '*') return (node as unknown[]).flatMap(item => valuesAt(item, rest))
  return valuesAt((node as Record<string, unknown>)[step], rest)
}

function replaced(node: unknown, [step, ...rest]: string[], survivors: Map<string, string>): unknown {
  if (step === undefined) return typeof node === 'string' ? (survivors.get(node) ?? node) : node
  if (node === null || typeof node !== 'object') return node
  if (step === '*') return (node as unknown[]).map(item => replaced(item, rest, survivors))
  if (!(step in node)) return node
  return { ...node, [step]: replaced((node as Record<string, unknown>)[step], rest, survivors) }
}
