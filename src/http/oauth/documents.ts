/**
 * Fetches a client's metadata document, whose URL a stranger wrote: https alone, no redirect, five seconds, five
 * kilobytes, and never an address inside our own network. The address is looked at when the socket is made, so a name
 * that resolves to another one a moment later (DNS rebinding) gains nothing.
 */

import { type LookupAddress, lookup } from 'node:dns'
import { request } from 'node:https'
import { BlockList, isIP } from 'node:net'
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
    const { hostname } = url
    const address = hostname.replace(/^\[|\]$/g, '')
    if (url.protocol !== 'https:') return reject(new Error('A client is described at an https URL.'))
    // A socket to an address that is written out asks no resolver.
    if (!mayBeInside && isIP(address) && isInside(address)) return reject(inside())
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

type Found = (error: Error | null, addresses: LookupAddress[] | string, family?: number) => void

/** As `dns.lookup`, without a name that has any address of ours among its own. */
function lookupOutside(hostname: string, options: { all?: boolean }, found: Found): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return found(error, [])
    if (addresses.length === 0 || addresses.some(({ address }) => isInside(address)))
      return found(inside(), [])
    if (options.all) return found(null, addresses)
    found(null, addresses[0]!.address, addresses[0]!.family)
  })
}

function inside(): Error {
  return new Error('A client’s document cannot be inside our own network.')
}

/** Whether an address is of no public host (IANA's special-purpose registries), whatever way it is written in IPv6. */
export function isInside(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return true
  if (family === 4) return special.check(address, 'ipv4')
  return special.check(address, 'ipv6') || !global.check(address, 'ipv6')
}

const special = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  special.addSubnet(network, prefix, 'ipv4')
// Inside global unicast: special purposes, documentation, and 6to4 and Teredo, which carry an IPv4 address.
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
] as const)
  special.addSubnet(network, prefix, 'ipv6')

/** Everything else in IPv6 is local, mapped, translated, multicast or not given out. */
const global = new BlockList()
global.addSubnet('2000::', 3, 'ipv6')
