/**
 * Who asks us to fetch or to connect names the host, and must not lead us into our own network (server-side request
 * forgery). An address is looked at when the socket is made, and that very one is connected to, so a name that resolves
 * to another one a moment later (DNS rebinding) gains nothing. Whoever follows a redirect asks anew.
 */

import { type LookupAddress, lookup } from 'node:dns'
import { BlockList, connect, isIP, type LookupFunction, type Socket } from 'node:net'

export class InsideAddress extends Error {
  override readonly name = 'InsideAddress'
  constructor() {
    super('This leads inside our own network.')
  }
}

/** As `dns.lookup`, for a request's or a socket's option of that name. Refuses a name that has any address inside. */
export const lookupOutside: LookupFunction = (hostname, options, found) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return found(error, [])
    if (addresses.length === 0 || addresses.some(({ address }) => isInside(address)))
      return found(new InsideAddress(), [])
    if (options.all) found(null, addresses)
    else found(null, addresses[0]!.address, addresses[0]!.family)
  })
}

/**
 * A socket to an address that is written out asks no resolver, so it is looked at before.
 * @param hostname as a URL has it, an IPv6 address in brackets or not
 * @throws InsideAddress
 */
export function mustBeOutside(hostname: string): void {
  const address = hostname.replace(/^\[|\]$/g, '')
  if (isIP(address) && isInside(address)) throw new InsideAddress()
}

/** @throws InsideAddress, and what connecting throws */
export async function connectOutside(host: string, port: number, patienceMs: number): Promise<Socket> {
  mustBeOutside(host)
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, lookup: lookupOutside, signal: AbortSignal.timeout(patienceMs) })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
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
