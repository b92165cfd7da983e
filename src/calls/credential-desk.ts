/** What a person does with the passwords of providers. They go in, and never come out again. */

import {
  type CredentialsOf,
  credentialShapes,
  listCredentials,
  type ProviderName,
  removeCredentials,
  saveCredentials,
} from '../access/credentials.ts'
import { Refusal } from '../catalog/refusal.ts'
import type { Context } from '../domain/context.ts'
import type { AsPerson } from './as-person.ts'
import type { Decider } from './decide.ts'

export function credentialDesk(asPerson: AsPerson) {
  return {
    list: (person: Decider) =>
      asPerson(person, doing('read_credentials'), ({ db, workspace }) => listCredentials(db, workspace.id)),

    save: (person: Decider, provider: ProviderName, fields: Record<string, string>) =>
      asPerson(person, doing('save_credentials'), async context => {
        const { db, workspace, secrets, now, principal } = context
        const where = { workspaceId: workspace.id, provider, by: principal.memberId!, now }
        await saveCredentials(db, secrets, where, parsed(provider, fields))
        changed(context)
        await checkSoon(context, provider)
      }),

    remove: (person: Decider, provider: ProviderName) =>
      asPerson(person, doing('remove_credentials'), async context => {
        if (await removeCredentials(context.db, context.workspace.id, provider)) changed(context)
      }),

    check: (person: Decider, provider: ProviderName) =>
      asPerson(person, doing('check_credentials'), context => checkSoon(context, provider)),
  }
}

function doing(what: string) {
  return { doing: what, role: 'admin' } as const
}

/** @throws Refusal `invalid_input` that names the field, and repeats nothing of what was written in it */
function parsed(provider: ProviderName, fields: Record<string, string>): CredentialsOf<ProviderName> {
  const read = credentialShapes[provider].safeParse(fields)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new Refusal('invalid_input', issue!.message, { field: issue!.path.join('.') })
}

function changed({ emit, workspace }: Context): void {
  emit({ type: 'workspace.credentials_changed', subject: { kind: 'workspace', id: workspace.id } })
}

/** The worker asks: no call reaches a provider. */
async function checkSoon({ enqueue }: Context, provider: ProviderName): Promise<void> {
  await enqueue({ task: 'check_credentials', ids: { provider }, jobKey: provider })
  if (provider === 'whatsapp') await enqueue({ task: 'read_templates', jobKey: 'templates' })
}
