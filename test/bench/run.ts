/**
 * `npm run bench` takes every measure of this directory, prints it, and writes all of them to `README.md`;
 * `npm run bench -- read lists` takes those two and only prints them.
 *
 * A measure is a file beside this one that exports `measure`; a new one needs no line anywhere else.
 */

import { globSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { machine, openStage, type Stage } from './rig/stage.ts'
import { markdownOf, type Table } from './rig/table.ts'

interface Measure {
  measure(stage: Stage): Promise<Table>
}

const here = import.meta.dirname
const all = globSync('*.ts', { cwd: here })
  .map(file => file.replace('.ts', ''))
  .filter(name => name !== 'run')
  .sort()
const named = process.argv.slice(2)
const unknown = named.find(name => !all.includes(name))
if (unknown) throw new Error(`There is no measure ${unknown}, only ${all.join(', ')}.`)

await using stage = await openStage()
const header = `# Benchmarks

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}; not to be edited. ${await machine(stage)}

All numbers are of one run on this one machine, which the servers, PostgreSQL and the load shared. Absolute ones say
little about another machine. A ratio is to the first row of its table where that says nothing else: what Backdesk costs
beside the alternative.
The targets of a table take turns, so that a busy moment of the machine meets them all. PostgreSQL is the embedded one
with its settings as \`npm start\` has them, \`fsync\` among them. Rate limits are lifted, and spent from all the same.`
const sections: string[] = []
for (const name of named.length > 0 ? named : all) {
  console.log(`\nMeasuring ${name} …`)
  const { measure } = (await import(`./${name}.ts`)) as Measure
  const section = markdownOf(await measure(stage))
  console.log(`\n${section}`)
  sections.push(section)
}
if (named.length === 0) writeFileSync(join(here, 'README.md'), `${[header, ...sections].join('\n\n')}\n`)
