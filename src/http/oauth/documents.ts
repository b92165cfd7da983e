/**
 * Fetches a client's metadata document, whose URL a stranger wrote: https alone, no redirect, five seconds, five
 * kilobytes, and never an address inside our own network.
 */

import { request } from 'node:https'
import { lookupOutside, mustBeOutside } from '../../access/outside.ts'
import { asClient } from './client-metadata.ts'

export const DOCUMENT_BYTES = 5 * 1024
const DOCUMENT_MS = 5_000

/** @param mayBeInside on a developer's machine alone, where a client under development has a loopback address */
export function fetchDocument(mayBeInside: boolean) {
  return async (url: string | URL): Promise<Response> => {
    const { status, headers, text } = await get(new URL(url), mayBeInside)
    return new Response(status === 200 ? JSON.stringify(asClient(JSON.parse(text))) : null, {
      status,
      headers,
    })
  }
}

interface Document {
  status: number
  headers: Record<string, string>
  text: string
}

function get(url: URL, mayBeInside: boolean): Promise<Document> {
  return new Promise((resolve, reject) => {
    if (url.protocol !== 'https:') return reject(new Error('A client is described at an https URL.'))
    if (!mayBeInside) mustBeOutside(url.hostname)
    const asked = request(
      url,
      {
        method: 'GET',
        headers: { accept: 'application/json', 'user-agent': 'Backdesk' },
        signal: AbortSignal.timeout(DOCUMENT_MS),
        lookup: mayBeInside ? undefined : lookupOutside,
      },
      answer => {
        const chunks: Buffer[] = []
        let received = 0
        answer.on('data', (chunk: Buffer) => {
          received += chunk.length
          if (received > DOCUMENT_BYTES) asked.destroy(new Error('The client’s document is too large.'))
          else chunks.push(chunk)
        })
        answer.on('error', reject)
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 502,
            headers: cacheHeaders(answer.headers),
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        )
      },
    )
    asked.on('error', reject)
    asked.end()
  })
}

function cacheHeaders({ 'cache-control': control }: { 'cache-control'?: string }): Record<string, string> {
  return { 'content-type': 'application/json', ...(control && { 'cache-control': control }) }
}
