/** Step 1. Who may call what: sandbox, scope, role. Says all that is missing at once. */

import { ANONYMOUS, FRONT_DESK, hasRole, type Principal } from '../access/principal.ts'
import type { Entry } from '../catalog/catalog.ts'
import { Refusal } from '../catalog/refusal.ts'
import type { CallRequest } from './call.ts'

/** The request as it may go on. A tool open to nobody runs at the front desk, whoever calls it. */
export function authorize<Request extends CallRequest>(entry: Entry, request: Request): Request {
  const { tool, scope } = entry
  const { principal, workspace } = request
  if (tool.role === 'nobody') return { ...request, principal: ANONYMOUS, workspace: FRONT_DESK }
  if (principal.kind === 'anonymous') {
    throw new Refusal('unauthenticated', 'This tool needs an API key.', {}, ['register_organisation_request'])
  }
  if (!principal.scopes.has(scope)) {
    throw new Refusal(
      'forbidden_scope',
      `This key lacks the scope ${scope}.`,
      { needed_scopes: [scope] },
      principal.kind === 'publishable_key' ? ['sign_in_customer_request'] : ['get_current_context'],
    )
  }
  if (!hasRole(principal.role, tool.role)) {
    throw new Refusal(
      'forbidden_scope',
      `Only the role ${tool.role} or above may do this.`,
      { needed_role: tool.role },
      ['get_current_context'],
    )
  }
  if (tool.sandboxOnly && workspace.kind !== 'sandbox') {
    throw new Refusal(
      'forbidden_scope',
      'Only a sandbox has this. Make one and call with its key.',
      { needed_workspace: 'sandbox' },
      ['create_sandbox'],
    )
  }
  if (tool.by && tool.by !== principal.kind) {
    throw new Refusal('forbidden_scope', callers[tool.by], { needed_principal: tool.by }, [
      'get_current_context',
    ])
  }
  if (principal.only) mustBeAllowed(principal.only, tool.name, request.arguments)
  return request
}

const callers = {
  publishable_key: 'Only a page with a publishable key calls this, for its visitor.',
  customer: 'Only a customer who has signed in calls this.',
}

/** Of a principal with calls of its own: this one, with what is fixed as it is fixed, and nothing that is not named. */
function mustBeAllowed(only: NonNullable<Principal['only']>, tool: string, written: unknown): void {
  const allowed = Object.hasOwn(only, tool) ? only[tool] : undefined
  const args = typeof written === 'object' && written !== null ? Object.entries(written) : []
  const fixed = Object.entries(allowed?.fixed ?? {})
  const fits =
    fixed.every(([name, value]) => args.some(arg => arg[0] === name && arg[1] === value)) &&
    args.every(([name]) => allowed?.open.includes(name) || fixed.some(field => field[0] === name))
  if (allowed && fits) return
  throw new Refusal('forbidden_scope', 'A customer may not do this, or not with these arguments.')
}
