/** Asks a provider by HTTP to carry something; whatever goes wrong on the way is a `NotSent` that says what is known. */

import { NotSent } from './not-sent.ts'

/** @param patienceMs for the whole answer @throws NotSent `unreachable`, `unclear` */
export async function post(
  url: string,
  request: { headers: Record<string, string>; body: string },
  { signal, patienceMs = 30_000 }: { signal: AbortSignal; patienceMs?: number },
): Promise<{ answer: Response; text: string }> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)])
  const sent = { ...request, method: 'POST', redirect: 'error', signal: patience } as const
  const answer = await fetch(url, sent).catch(error => {
    throw brokenOff(error)
  })
  // The body may break off where the status did arrive.
  const text = await answer.text().catch(error => {
    throw brokenOff(error)
  })
  return { answer, text }
}

/** Seconds or a date (RFC 9110, section 10.2.3). */
export function secondsOf(retryAfter: string | null): number | undefined {
  if (retryAfter === null) return undefined
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined
}

/** Only where no connection came about is it sure that the provider has nothing. */
function brokenOff(error: unknown): NotSent {
  const { code } = ((error as Error).cause ?? {}) as { code?: string }
  if (code && NO_CONNECTION.has(code)) return new NotSent('unreachable', `The provider: ${code}.`)
  return new NotSent('unclear', `The provider has not answered: ${code ?? (error as Error).name}.`)
}

const NO_CONNECTION = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
