/** The process that serves a cluster: where it listens, how it is started and stopped. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type Cluster, runAs, runProgram } from './cluster.ts'

export interface Address {
  /** A directory with a socket, or an IP address. */
  host: string
  port: number
}

/** A socket beside the data where its path fits (107 bytes, on a Mac 103), otherwise a port of loopback. */
export async function addressOf(cluster: Cluster): Promise<Address> {
  const socket = join(cluster.directory, '.s.PGSQL.5432')
  if (process.platform !== 'win32' && Buffer.byteLength(socket) <= 103)
    return { host: cluster.directory, port: 5432 }
  return { host: '127.0.0.1', port: (await runningPort(cluster)) ?? (await freePort()) }
}

/** The fourth line of postmaster.pid. */
async function runningPort(cluster: Cluster): Promise<number | null> {
  const lines = await readFile(join(cluster.data, 'postmaster.pid'), 'utf8').then(
    text => text.split('\n'),
    () => [],
  )
  return Number(lines[3]) || null
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

export function urlOf({ host, port }: Address, user: string, password: string, database: string): string {
  return `postgres://${user}:${password}@${encodeURIComponent(host)}:${port}/${database}`
}

/** Starts it and does not wait until it answers. It outlives us, and writes to its own log. */
export async function startServer(
  cluster: Cluster,
  address: Address,
  settings: Record<string, string>,
): Promise<ChildProcess> {
  const onSocket = address.host === cluster.directory
  const config = {
    port: String(address.port),
    listen_addresses: onSocket ? '' : address.host,
    unix_socket_directories: onSocket ? cluster.directory : '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Statements and the details of their errors hold personal data, which is kept out of the log.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    ...settings,
  }
  const log = await open(logOf(cluster), 'a', 0o600)
  try {
    const server = spawn(
      cluster.binaries.postgres,
      ['-D', cluster.data, ...Object.entries(config).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      {
        ...runAs,
        cwd: '/',
        stdio: ['ignore', log.fd, log.fd],
        detached: true, // Or Ctrl-C in a terminal would stop it before the host has finished.
      },
    )
    await once(server, 'spawn')
    server.unref()
    return server
  } finally {
    await log.close()
  }
}

/** Ends its sessions, writes everything down, and waits until it is gone. */
export async function stopServer(cluster: Cluster): Promise<void> {
  await runProgram(cluster.binaries.pg_ctl, ['stop', '--pgdata', cluster.data, '--mode=fast', '--silent'])
}

export async function endOfLog(cluster: Cluster): Promise<string> {
  return (await readFile(logOf(cluster), 'utf8')).split('\n').slice(-10).join('\n')
}

const logOf = (cluster: Cluster) => join(cluster.directory, 'server.log')
