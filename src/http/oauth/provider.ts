/**
 * The authorization server (OAuth 2.1): authorization code with PKCE, opaque access tokens for one MCP URL each, and
 * refresh tokens that are used once. Who signs in and what they consent to is asked on our own pages.
 */

import type { EventEmitter } from 'node:events'
import Provider, { errors, interactionPolicy } from 'oidc-provider'
import { CONNECTION_DAYS } from '../../access/oauth/connections.ts'
import type { Host } from '../host.ts'
import { adapterFor } from './adapter.ts'
import { asClient } from './client-metadata.ts'
import { refusedPage } from './consent-pages.ts'
import { DOCUMENT_BYTES, fetchDocument } from './documents.ts'
import { cookieKeys, signingKeys } from './keys.ts'
import { scopesAt } from './resources.ts'

export const routes = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  registration: '/oauth/register',
  revocation: '/oauth/revoke',
  jwks: '/oauth/jwks',
} as const

export const SESSION_COOKIE = 'backdesk_oauth'

const DAY = 24 * 60 * 60

export function makeProvider(host: Host): Provider {
  const { oauth: desk, publicUrl, catalog } = host
  const provider = new Provider(publicUrl, {
    adapter: adapterFor(desk),
    routes,
    cookies: {
      // biome-ignore lint/suspicious/noExplicitAny: a Keygrip of ours, of which Koa uses these three methods alone.
      keys: cookieKeys(host.secrets) as any,
      names: { session: SESSION_COOKIE, interaction: 'backdesk_consent', resume: 'backdesk_consent_resume' },
      long: { signed: true, httpOnly: true, sameSite: 'lax', path: '/oauth' },
      short: { signed: true, httpOnly: true, sameSite: 'lax' },
    },
    // biome-ignore lint/suspicious/noExplicitAny: Node types a JWK's members as optional.
    jwks: { keys: signingKeys(host.secrets) as any },
    scopes: [],
    responseTypes: ['code'],
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
    clientDefaults: { id_token_signed_response_alg: 'EdDSA' },
    enabledJWA: { idTokenSigningAlgValues: ['EdDSA'] },
    pkce: { required: () => true },
    clientBasedCORS: () => false,
    ttl: {
      AuthorizationCode: 60,
      AccessToken: 60 * 60,
      RefreshToken: 60 * DAY,
      Grant: CONNECTION_DAYS * DAY,
      Interaction: 60 * 60,
      Session: 10 * 60,
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      revocation: {
        enabled: true,
        allowedPolicy: (_context, client, token) => token.clientId === client.clientId,
      },
      registration: {
        enabled: true,
        issueRegistrationAccessToken: false,
        // Called just before the metadata are read: the one place where they can be put in form.
        idFactory: context => {
          Object.assign(context.oidc, { body: asClient(context.oidc.body) })
          return crypto.randomUUID()
        },
      },
      clientIdMetadataDocument: {
        enabled: true,
        ack: 'draft-02',
        allowFetch: async () => {
          await desk.spend('document')
          return true
        },
        cacheDuration: { min: 60, max: DAY },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_context, _client, oneOf) => oneOf ?? `${publicUrl}/mcp`,
        useGrantedResource: () => true,
        getResourceServerInfo(_context, resource) {
          const scopes = scopesAt(catalog, host, resource)
          if (!scopes) throw new errors.InvalidTarget('This server has no MCP at that resource.')
          return { scope: scopes.join(' '), audience: resource, accessTokenFormat: 'opaque' }
        },
      },
    },
    fetch: fetchDocument(host.reachesInside) as typeof fetch,
    fetchResponseBodyLimits: { 'client_id metadata document': DOCUMENT_BYTES },
    // Every authorization is asked about anew, in whatever workspace, so no earlier grant is taken up.
    loadExistingGrant: context => {
      const grantId = context.oidc.result?.consent?.grantId
      return grantId ? context.oidc.provider.Grant.find(grantId) : undefined
    },
    interactions: {
      policy: policy(),
      url: (_context, { uid }) => `/oauth/consent/${uid}`,
    },
    async findAccount(_context, accountId, token) {
      // A token's connection may have been revoked, or its member have left, since it was issued.
      if (token?.grantId && !(await desk.isConnected(token.grantId))) return undefined
      return { accountId, claims: () => ({ sub: accountId }) }
    },
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    revokeGrantPolicy: () => true, // Whichever token comes back, its connection is over.
    expiresWithSession: () => false,
    renderError(context, { error, error_description: description }) {
      context.type = 'html'
      context.body = refusedPage(description ?? error)
    },
  })
  provider.proxy = true // Its URLs are those of PUBLIC_URL, which oauth.ts puts in the request's headers.
  const failed = (error: unknown) => host.log.error({ err: error }, 'oauth failed')
  const koa: Pick<EventEmitter, 'on'> = provider
  koa.on('error', failed) // It would print it.
  provider.on('server_error', (_context, error) => failed(error))
  return provider
}

/** Consent is asked for each time, also where nothing new is wanted: the member may choose another workspace. */
function policy() {
  const prompts = interactionPolicy.base()
  const { Check } = interactionPolicy
  prompts
    .get('consent')!
    .checks.add(
      new Check('asked_each_time', 'consent is asked for each time', 'consent_required', context =>
        context.oidc.result?.consent ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT,
      ),
    )
  return prompts
}
