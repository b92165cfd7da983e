/** What a client says of itself, by registration or in its document, put in the form that oidc-provider reads. */

export type Metadata = Record<string, unknown>

/**
 * `scope` goes: what a client may have is what a member leaves of what it asks for, and the provider would refuse to
 * register scopes that belong to a resource. A client with a loopback or private-use redirect is native (RFC 8252),
 * whether it says so or not: that lets the port of the redirect be any.
 */
export function asClient(written: unknown): unknown {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return written
  const { scope: _, ...metadata } = written as Metadata
  const uris = Array.isArray(metadata.redirect_uris) ? metadata.redirect_uris : []
  return { ...metadata, application_type: uris.some(isOfThisMachine) ? 'native' : 'web' }
}

function isOfThisMachine(uri: unknown): boolean {
  if (typeof uri !== 'string' || !URL.canParse(uri)) return false
  const { protocol, hostname } = new URL(uri)
  if (protocol === 'http:') return ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return protocol !== 'https:'
}
