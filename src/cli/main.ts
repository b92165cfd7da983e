#!/usr/bin/env node
/** The `backdesk` command. Everything it shows of a server has been made visible; every way out has an exit code. */

import { argv, exit, stdout } from 'node:process'
import { CommanderError } from 'commander'
import { exits, type Failure, usage } from './outcome.ts'
import { makeProgram } from './program.ts'
import { asFailure, note, showFailure } from './terminal.ts'

// `backdesk tools list | head`: who reads has had enough.
stdout.on('error', error => {
  exit((error as NodeJS.ErrnoException).code === 'EPIPE' ? exits.done : exits.refused)
})

const program = makeProgram(code => {
  process.exitCode = code
})
try {
  await program.parseAsync(argv)
} catch (error) {
  process.exitCode = endOf(error)
}

function endOf(error: unknown): number {
  // Help was asked for, or Commander has said what is wrong.
  if (error instanceof CommanderError && error.exitCode === 0) return exits.done
  const isJson = argv.includes('--json')
  if (error instanceof CommanderError) {
    if (isJson) showFailure(usage(messageOf(error)), true)
    return exits.usage
  }
  const failure: Failure | undefined = asFailure(error)
  if (!failure) {
    note(`backdesk: ${error instanceof Error ? error.stack : error}`)
    return exits.refused
  }
  showFailure(failure, isJson)
  return failure.exit
}

/** A group of commands, named alone, shows its help. */
function messageOf({ code, message }: CommanderError): string {
  return code === 'commander.help' ? 'Name a command; --help lists them.' : message.replace(/^error: /, '')
}
