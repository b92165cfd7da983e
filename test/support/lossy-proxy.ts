/** Stands between a server and its database, and loses the answer to a COMMIT: as a crash at the worst moment does. */

import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'

export interface LossyProxy {
  /** The database, through the proxy. */
  url: string
  /** The next COMMIT of a transaction that wrote this reaches the database; its answer does not come back. @param text default: the statement of every writing call */
  loseNextCommit(text?: string): void
  /** The same, and the line stays open: whoever waits at it hears nothing more. */
  muteNextCommit(): void
  lost(): number
}

export async function lossyProxy(
  t: { after(work: () => unknown): void },
  databaseUrl: string,
): Promise<LossyProxy> {
  let armed: string | null = null
  let muting = false
  let lost = 0
  const sockets = new Set<Socket>()
  const server = createServer(client => {
    const database = connectTo(databaseUrl)
    let losing = false
    let wrote = false
    for (const socket of [client, database]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => void [client.destroy(), database.destroy()])
    }
    client.on('data', chunk => {
      const text = chunk.toString('latin1')
      if (armed !== null && text.includes(armed)) wrote = true
      if (wrote && text.includes('COMMIT')) {
        armed = null
        losing = true
        lost++
      }
      if (text.includes('COMMIT')) wrote = false
      database.write(chunk)
    })
    // The database has answered, so it has committed: only now the line breaks.
    database.on('data', chunk => {
      if (!losing) client.write(chunk)
      else if (!muting) client.destroy()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const loseNextCommit = (text = 'insert_audit_events') => {
    armed = text
  }
  const muteNextCommit = () => {
    muting = true
    loseNextCommit()
  }
  const { port } = server.address() as { port: number }
  return { url: through(databaseUrl, port), loseNextCommit, muteNextCommit, lost: () => lost }
}

/** `pg` writes a Unix socket's directory into the URL's host, percent-encoded, or into `?host=`. */
function connectTo(url: string): Socket {
  const { hostname, port, searchParams } = new URL(url)
  const host = searchParams.get('host') ?? decodeURIComponent(hostname)
  return host.startsWith('/')
    ? connect(join(host, `.s.PGSQL.${port || 5432}`))
    : connect(Number(port || 5432), host)
}

function through(url: string, port: number): string {
  const { username, password, pathname } = new URL(url)
  return `postgresql://${username}:${password}@127.0.0.1:${port}${pathname}`
}
