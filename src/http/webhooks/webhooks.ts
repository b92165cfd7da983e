/** `POST /webhooks/stripe/{workspace}`: where a provider says what happened. The bytes are kept as they came: they are signed. */

import type { FastifyInstance } from 'fastify'
import { Id } from '../../catalog/kinds.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import type { Host } from '../host.ts'

/** Stripe's events are some kilobytes. */
const BODY_LIMIT = 256 * 1024

export function registerWebhooks(app: FastifyInstance, host: Host): void {
  app.register(async webhooks => {
    webhooks.removeAllContentTypeParsers()
    webhooks.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) =>
      done(null, body),
    )
    webhooks.post<{ Params: { workspace: string } }>(
      '/webhooks/stripe/:workspace',
      async (request, reply) => {
        const workspaceId = Id('workspace').safeDecode(request.params.workspace)
        if (!workspaceId.success) throw notFound('workspace')
        const signature = request.headers['stripe-signature']
        const heard = await host.hearProvider({
          provider: 'stripe',
          workspaceId: workspaceId.data,
          raw: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
          signature: typeof signature === 'string' ? signature : undefined,
        })
        if (heard === 'unknown') throw notFound('workspace')
        // 400, and not 401: nothing that the sender could add would make it true.
        if (heard === 'forged')
          return reply.problem(
            new Refusal('invalid_input', 'The signature does not fit, or is too old.'),
            400,
          )
        return reply.code(200).send({ received: true })
      },
    )
  })
}
