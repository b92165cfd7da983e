/**
 * The HTTP application, apart from listening: what holds for every request, then the surfaces. It speaks for a
 * `Host` that `main` hands in and keeps no state between requests.
 */

import { randomUUID } from 'node:crypto'
import underPressure from '@fastify/under-pressure'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { registerConsole } from './console/console.ts'
import { registerFeeds } from './feeds.ts'
import type { Host } from './host.ts'
import { registerInvoicePages } from './invoices/invoices.ts'
import { acceptJson } from './json.ts'
import { registerMcp } from './mcp/mcp.ts'
import { makeMetrics } from './metrics.ts'
import { registerOAuth } from './oauth/oauth.ts'
import { registerPages } from './pages/pages.ts'
import { registerPayPages } from './pay/pay.ts'
import { answerProblems, BODY_LIMIT, failureOf, sendProblem } from './problem.ts'
import { refuseRebinding } from './rebinding.ts'
import { registerRest } from './rest/rest.ts'
import { answerUnrouted } from './routes.ts'
import { registerSelfService } from './self-service/self-service.ts'
import { registerWebhooks } from './webhooks/webhooks.ts'

export function createApp(host: Host): FastifyInstance {
  const app: FastifyInstance = Fastify({
    loggerInstance: host.log as FastifyBaseLogger,
    // The road logs and audits calls; a line per request would hold ids of people.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestIdHeader: false, // A foreign id would let a caller forge what stands in the log and the audit.
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (error, request, reply) => sendProblem(reply, host.publicUrl, failureOf(error, request)),
  })
  answerProblems(app, host.publicUrl)
  answerUnrouted(app)
  acceptJson(app)
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers({ 'request-id': request.id, ...answerHeaders })
    done()
  })
  refuseRebinding(app, host)
  app.register(underPressure, { maxEventLoopDelay: host.overloadedAfterMs })

  const metrics = makeMetrics()
  const counted: Host = { ...host, call: metrics.counted(host.call) }
  registerMcp(app, counted)
  registerRest(app, counted)
  registerPages(app, host)
  registerFeeds(app, host)
  registerSelfService(app, counted)
  registerPayPages(app, host)
  registerInvoicePages(app, host)
  registerWebhooks(app, host)
  registerConsole(app, counted)
  registerOAuth(app, counted)

  app.get('/healthz', () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    const ready = await host.health()
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'database unreachable' })
  })
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )
  return app
}

/**
 * For answers that no browser shows (OWASP REST Security); pages set their own by helmet, which builds them anew
 * for each request and takes 80 µs, more than Fastify for all the rest.
 */
const answerHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
}
