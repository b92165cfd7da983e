/**
 * The log: how much of what happened may be written down. Secrets are redacted wherever they stand in a record, and
 * of a database's error only the facts stay: Drizzle's message holds every parameter of its query, and PostgreSQL's
 * detail the row's own values, which are people's.
 */

import { type DestinationStream, type Logger, pino } from 'pino'
import type { Config } from './config.ts'
import { databaseError } from './database/errors.ts'

export function makeLog(level: Config['logLevel'], destination?: DestinationStream): Logger {
  const options = { level, redact: { paths: secretPaths, censor: '[redacted]' }, serializers: { err: facts } }
  return destination ? pino(options, destination) : pino(options)
}

/** Names of what must not be logged, at the top of a record and two levels below. */
const secretPaths = [
  'authorization',
  'cookie',
  'key',
  'code',
  'confirm_token',
  'password',
  'secret',
  'token',
].flatMap(name => [name, `*.${name}`, `*.*.${name}`])

function facts(error: unknown): object {
  const fromDatabase = databaseError(error)
  if (!fromDatabase)
    return error instanceof Error ? pino.stdSerializers.err(error) : { message: String(error) }
  const { code: sqlState, constraint, table, column, routine } = fromDatabase
  return {
    type: 'DatabaseError',
    sqlState,
    constraint,
    table,
    column,
    routine,
    stack: framesOf(error as Error),
  }
}

/** Where it happened; a stack begins with the message. */
function framesOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter(line => line.startsWith('    at '))
    .join('\n')
}
