/** OAuth over HTTP: the authorization server's own endpoints, its metadata, and the pages on which a member consents. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import { Refusal } from '../../catalog/refusal.ts'
import type { Host } from '../host.ts'
import { registerConsent } from './consent.ts'
import { makeProvider, routes, SESSION_COOKIE } from './provider.ts'
import { RESOURCE_METADATA, resourceOf, scopesAt } from './resources.ts'

export function registerOAuth(app: FastifyInstance, host: Host): void {
  const provider = makeProvider(host)
  registerMetadata(app, host)
  registerEndpoints(app, host, provider)
  registerConsent(app, host, provider)
}

function registerEndpoints(app: FastifyInstance, host: Host, provider: Provider): void {
  const answer = provider.callback()
  const { host: publicHost, protocol } = new URL(host.publicUrl)

  const pass = (request: FastifyRequest, reply: FastifyReply) => {
    const { raw } = request
    raw.headers.host = publicHost
    raw.headers['x-forwarded-proto'] = protocol.slice(0, -1)
    delete raw.headers['x-forwarded-host']
    for (const [name, value] of Object.entries(reply.getHeaders())) reply.raw.setHeader(name, value as string)
    reply.hijack()
    answer(raw, reply.raw)
  }

  const authorize = (request: FastifyRequest, reply: FastifyReply) => {
    reply.headers({ 'content-security-policy': ERROR_PAGE, 'referrer-policy': 'no-referrer' })
    forgetSession(request)
    askForSomething(host, request)
    return pass(request, reply)
  }

  app.register(async endpoints => {
    // The provider reads the body itself.
    endpoints.removeAllContentTypeParsers()
    endpoints.addContentTypeParser('*', (_request, _body, done) => done(null))
    endpoints.get(routes.authorization, authorize)
    endpoints.get(`${routes.authorization}/:uid`, authorize)
    endpoints.post(routes.token, pass)
    endpoints.post(routes.revocation, pass)
    endpoints.get(routes.jwks, pass)
    endpoints.post(routes.registration, async (request, reply) => {
      await host.oauth.spend('registration')
      return pass(request, reply)
    })
  })
}

/**
 * The provider's error page has our stylesheet, and nothing else. To a client that is answered by a form (form_post),
 * its page has a script that sends it, whose hash the provider adds to `script-src`.
 */
const ERROR_PAGE =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'"

/** Who is signed in is for the console's session to say, each time: an older authorization's might be another person. */
function forgetSession({ raw }: FastifyRequest): void {
  const { cookie } = raw.headers
  raw.headers.cookie = cookie
    ?.split(/; */)
    .filter(pair => !pair.startsWith(`${SESSION_COOKIE}=`) && !pair.startsWith(`${SESSION_COOKIE}.sig=`))
    .join('; ')
}

/** A client that names no scope asks to read (RFC 6749, section 3.3: a default of the server's). */
function askForSomething(host: Host, { raw }: FastifyRequest): void {
  const url = new URL(raw.url!, host.publicUrl)
  if (!url.searchParams.has('client_id') || url.searchParams.get('scope')) return
  const resource = url.searchParams.get('resource') ?? `${host.publicUrl}/mcp`
  const reading = scopesAt(host.catalog, host, resource)?.filter(scope => scope.endsWith(':read')) ?? []
  if (reading.length === 0) return
  url.searchParams.set('scope', reading.join(' '))
  raw.url = url.pathname + url.search
}

function registerMetadata(app: FastifyInstance, host: Host): void {
  const { publicUrl, catalog } = host
  const server = {
    issuer: publicUrl,
    authorization_endpoint: publicUrl + routes.authorization,
    token_endpoint: publicUrl + routes.token,
    registration_endpoint: publicUrl + routes.registration,
    revocation_endpoint: publicUrl + routes.revocation,
    jwks_uri: publicUrl + routes.jwks,
    service_documentation: `${publicUrl}/connect`,
    scopes_supported: scopesAt(catalog, host, `${publicUrl}/mcp`),
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    revocation_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
  }
  app.get('/.well-known/oauth-authorization-server', (_request, reply) => publicly(reply, server))

  app.get<{ Params: { '*': string } }>(`${RESOURCE_METADATA}/*`, (request, reply) => {
    const [path = ''] = request.url.slice(RESOURCE_METADATA.length).split('?')
    const resource = resourceOf(host, request.headers.host, path)
    const scopes = scopesAt(catalog, host, resource)
    if (!scopes) return reply.problem(new Refusal('not_found', 'There is no MCP at this path.'))
    return publicly(reply, {
      resource,
      authorization_servers: [publicUrl],
      scopes_supported: scopes,
      bearer_methods_supported: ['header'],
      resource_name: 'Backdesk',
      resource_documentation: `${publicUrl}/connect`,
    })
  })
}

/** What anybody may read from anywhere. */
function publicly(reply: FastifyReply, body: object): FastifyReply {
  return reply
    .headers({ 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=300' })
    .send(body)
}
