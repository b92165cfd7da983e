/** Answers for what is no route: 404, or 405 with the methods that the path does have (RFC 9110, section 15.5.6). */

import type { FastifyInstance } from 'fastify'
import { Refusal } from '../catalog/refusal.ts'

/** To be called before the first route is made. */
export function answerUnrouted(app: FastifyInstance): void {
  const known: { pattern: RegExp; methods: string[] }[] = []
  app.addHook('onRoute', ({ url, method }) => {
    known.push({ pattern: patternOf(url), methods: [method].flat() })
  })

  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?')
    const methods = new Set(known.flatMap(route => (route.pattern.test(path) ? route.methods : [])))
    if (methods.size === 0) return reply.problem(new Refusal('not_found', 'There is nothing at this path.'))
    const allow = [...methods].join(', ')
    return reply
      .header('allow', allow)
      .problem(new Refusal('invalid_input', `This path takes ${allow}.`), 405)
  })
}

/** A Fastify path with `:name` and a trailing `*`. Nothing else is used here. */
function patternOf(url: string): RegExp {
  const pattern = url.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+').replace(/\*$/, '.*')
  return new RegExp(`^${pattern}$`)
}
