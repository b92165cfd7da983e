/** Ends what a test starts in the reverse of its order, the hosts before their database; node:test ends the first first. */

import type { TestContext } from 'node:test'

export type Things = Pick<TestContext, 'after'>

export function stack(t: Things): Things {
  const ends: (() => unknown)[] = []
  t.after(async () => {
    for (const end of ends.reverse()) await end()
  })
  return { after: end => void ends.push(end as () => unknown) }
}
