/** What `npm start` runs. */

import './quick-imports.ts'

const { run } = await import('./main.ts') // Only once imports are quick.
await run()
