/** Stands between a browser and a server, and can be cut: what is open breaks, and nothing new comes through. */

import { connect, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

export interface Line {
  /** The server, through the line. */
  url: string
  cut(): void
  mend(): void
}

export async function lineTo(t: Pick<TestContext, 'after'>, serverUrl: string): Promise<Line> {
  const { hostname, port } = new URL(serverUrl)
  const sockets = new Set<Socket>()
  let whole = true
  const line = createServer(near => {
    if (!whole) return near.destroy()
    const far = connect(Number(port), hostname)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => void [sockets.delete(socket), other.destroy()])
      socket.pipe(other)
    }
  })
  await new Promise<void>(resolve => line.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    whole = false
    for (const socket of sockets) socket.destroy()
  }
  t.after(() => {
    cut()
    line.close()
  })
  const mend = () => {
    whole = true
  }
  return { url: `http://127.0.0.1:${(line.address() as { port: number }).port}`, cut, mend }
}
