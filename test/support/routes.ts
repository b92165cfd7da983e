/** Which addresses a server answers to, as its router prints them. */

import type { FastifyInstance } from 'fastify'

/** Patterns, as in `/console/customers/:id`. */
export function routesOf(app: Pick<FastifyInstance, 'printRoutes'>, method = 'GET'): string[] {
  const above: string[] = []
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap(line => {
      const [, branch, segment, methods = ''] = /^((?:[│ ] {3})*)[├└]── (\S+)(?: \((.*)\))?$/.exec(line) ?? []
      if (branch === undefined || segment === undefined) return []
      const depth = branch.length / 4
      above.splice(depth, above.length, segment)
      return methods.split(', ').includes(method) ? [above.join('')] : []
    })
}

/** Whether a path is of a pattern. */
export function isOf(pattern: string, path: string): boolean {
  const source = pattern.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+').replace(/\*$/, '.*')
  return new RegExp(`^${source}$`).test(path)
}
