/**
 * Errors as HTTP shows them: RFC 9457 problem details with the code of the vocabulary, the same code that MCP
 * shows. What Fastify refuses before a tool is reached (a broken body, a wrong content type) speaks it too.
 */

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal, type RefusalCode } from '../catalog/refusal.ts'
import { refusalHeaders } from './credentials.ts'

declare module 'fastify' {
  interface FastifyReply {
    /** Answers with a refusal; `status` where HTTP tells finer than the code does. */
    problem(refusal: Refusal, status?: number): FastifyReply
  }
}

export function answerProblems(app: FastifyInstance, publicUrl: string): void {
  app.decorateReply('problem', function (this: FastifyReply, refusal: Refusal, status = refusal.status) {
    return sendProblem(this, publicUrl, { refusal, status })
  })
  app.setErrorHandler((error, request, reply) => sendProblem(reply, publicUrl, failureOf(error, request)))
}

/** For `frameworkErrors` too: a URL that cannot be routed meets no hook and no decorator. */
export function sendProblem(
  reply: FastifyReply,
  publicUrl: string,
  { refusal, status }: Failure,
): FastifyReply {
  const { request } = reply
  return reply
    .code(status)
    .headers({ 'request-id': request.id, ...refusalHeaders(refusal, request) })
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send({
      type: `${publicUrl}/errors/${refusal.code}`,
      title: titleOf(refusal.code),
      status,
      detail: refusal.message,
      instance: `urn:uuid:${request.id}`,
      ...refusal.toBody(),
      request_id: request.id,
    })
}

export interface Failure {
  refusal: Refusal
  status: number
}

/** Whatever was thrown, in the vocabulary. What nobody foresaw is logged whole and answered with its request id alone. */
export function failureOf(error: unknown, request: FastifyRequest): Failure {
  if (error instanceof Refusal) return { refusal: error, status: error.status }
  const { code = '', statusCode = 500, message } = error as FastifyError
  if (code === 'FST_UNDER_PRESSURE') {
    return {
      refusal: new Refusal('rate_limited', 'The server is overloaded.', { retry_after_seconds: 10 }),
      status: 503,
    }
  }
  if (statusCode >= 400 && statusCode < 500) {
    return { refusal: new Refusal('invalid_input', messages[code] ?? message), status: statusCode }
  }
  request.log.error({ err: error, requestId: request.id }, 'request failed')
  return {
    refusal: new Refusal('internal', 'Something went wrong on our side. It was logged.', {
      request_id: request.id,
    }),
    status: 500,
  }
}

export const BODY_LIMIT = 1024 * 1024

/** Of the routes that take a file: 50,000 rows of customers are 5 MB or so. */
export const LARGE_BODY_LIMIT = 16 * 1024 * 1024

/** Fastify's refusals in our words; its own echo the input. */
const messages: Record<string, string> = {
  FST_ERR_BAD_URL: 'The URL is not percent-encoded UTF-8.',
  FST_ERR_MAX_PARAM_LENGTH: 'A part of the URL is too long.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is larger than 1 MiB, or 16 MiB for a file.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Send the body as application/json.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty; send a JSON object, or no content type.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not JSON in UTF-8.',
}

/** `not_found` → `Not found`. */
export function titleOf(code: RefusalCode): string {
  const words = code.replaceAll('_', ' ')
  return words[0]!.toUpperCase() + words.slice(1)
}
