import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Instant } from '../../src/catalog/kinds.ts'
import { setClock } from '../../src/domain/sandbox/clock.ts'

export default defineTool({
  name: 'set_sandbox_clock',
  title: 'Move the sandbox clock',
  description:
    'Sandbox only. Moves the clock forward to an instant and runs what falls due on the way (holds, reminders, ' +
    'approvals that lapse), each at its own time. From then on the clock stands still until it is moved again.',
  keywords: [
    'time travel',
    'advance',
    'fast forward',
    'pretend date',
    'tomorrow',
    'skip ahead',
    'jump',
    'simulate',
  ],
  domain: 'platform',
  effect: 'destroy',
  role: 'admin',
  sandboxOnly: true,
  route: 'PUT /v1/sandbox/clock',
  input: z.strictObject({ to: Instant().describe('Not before the present clock (get_current_context).') }),
  data: z.object({
    now: Instant(),
    steps: z
      .array(z.object({ name: z.string(), at: Instant(), count: z.int() }))
      .describe('What fell due, in order.'),
  }),
  example: { input: { to: '2030-01-07T09:00:00Z' } },
  run: (context, { to }) => setClock(context, to),
})
