/** The part of autocannon that the benchmarks use; it brings no types. */

declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  interface Options {
    url: string
    method: string
    headers: Record<string, string>
    body?: string
    connections: number
    /** Seconds. */
    duration: number
    /** Milliseconds between looks at the clock. */
    sampleInt: number
    /** Puts a new id in place of each `[<id>]`. */
    idReplacement: boolean
  }

  interface Result {
    non2xx: number
    errors: number
    timeouts: number
    /** Seconds. */
    duration: number
  }

  interface Instance extends EventEmitter, Promise<Result> {
    on(
      event: 'response',
      listener: (client: unknown, status: number, bytes: number, milliseconds: number) => void,
    ): this
  }

  export default function autocannon(options: Options): Instance
}
