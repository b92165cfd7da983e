/**
 * `/webhooks/{provider}/{workspace}`: where providers say by themselves what happened. The bytes are kept as they came:
 * they are signed.
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Id } from '../../catalog/kinds.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import type { Host } from '../host.ts'

/** Stripe's events are some kilobytes; WhatsApp gathers what happens at once, up to 3 MB. */
const BODY_LIMIT = 256 * 1024
const WHATSAPP_LIMIT = 3 * 1024 * 1024

type Path = { Params: { workspace: string } }

export function registerWebhooks(app: FastifyInstance, host: Host): void {
  app.register(async webhooks => {
    webhooks.removeAllContentTypeParsers()
    webhooks.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

    webhooks.post<Path>('/webhooks/stripe/:workspace', { bodyLimit: BODY_LIMIT }, async (request, reply) => {
      const heard = await host.hearProvider({
        provider: 'stripe',
        workspaceId: workspaceIn(request),
        ...signed(request, 'stripe-signature'),
      })
      return heard === 'heard' ? { received: true } : unheard(reply, heard)
    })

    webhooks.post<Path>('/webhooks/twilio/:workspace', { bodyLimit: BODY_LIMIT }, async (request, reply) => {
      const heard = await host.callbacks.hear({
        provider: 'twilio',
        workspaceId: workspaceIn(request),
        url: host.publicUrl + request.url,
        ...signed(request, 'x-twilio-signature'),
      })
      return heard === 'heard' ? reply.type('text/xml').send('<Response/>') : unheard(reply, heard)
    })

    webhooks.post<Path>(
      '/webhooks/whatsapp/:workspace',
      { bodyLimit: WHATSAPP_LIMIT },
      async (request, reply) => {
        const heard = await host.callbacks.hear({
          provider: 'whatsapp',
          workspaceId: workspaceIn(request),
          url: host.publicUrl + request.url,
          ...signed(request, 'x-hub-signature-256'),
        })
        return heard === 'heard' ? { received: true } : unheard(reply, heard)
      },
    )

    /** WhatsApp asks once, as the address is given to it. */
    webhooks.get<Path>('/webhooks/whatsapp/:workspace', async (request, reply) => {
      const asked = request.query as Record<string, unknown>
      const [token, challenge] = [asked['hub.verify_token'], asked['hub.challenge']]
      const isVerified = await host.callbacks.isVerified(workspaceIn(request), String(token ?? ''))
      if (isVerified === null) throw notFound('workspace')
      if (!isVerified || asked['hub.mode'] !== 'subscribe' || typeof challenge !== 'string')
        return reply.problem(new Refusal('invalid_input', 'The verify token is another.'), 403)
      return reply.type('text/plain').send(challenge)
    })
  })
}

/** @throws Refusal `not_found` */
function workspaceIn({ params }: FastifyRequest<Path>): string {
  const workspaceId = Id('workspace').safeDecode(params.workspace)
  if (!workspaceId.success) throw notFound('workspace')
  return workspaceId.data
}

function signed({ body, headers }: FastifyRequest<Path>, header: string) {
  const signature = headers[header]
  return {
    raw: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    signature: typeof signature === 'string' ? signature : undefined,
  }
}

/** @throws Refusal `not_found`: of nobody's workspace, and of one without such an account, alike */
function unheard(reply: FastifyReply, why: 'forged' | 'unknown'): FastifyReply {
  if (why === 'unknown') throw notFound('workspace')
  // 400, and not 401: nothing that the sender could add would make it true.
  return reply.problem(new Refusal('invalid_input', 'The signature does not fit, or is too old.'), 400)
}
