/** oidc-provider's storage, in our tables. */

import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import type { OAuthDesk } from '../../access/oauth/desk.ts'

export function adapterFor(desk: OAuthDesk) {
  return (model: string): Adapter => ({
    upsert: (id, payload, expiresIn) => desk.keep({ model, id }, { ...payload }, expiresIn),
    find: async id => ((await desk.find({ model, id })) ?? undefined) as AdapterPayload | undefined,
    async consume(id) {
      // The provider looked before, so this is a race: the second gets nothing, and ends the grant when it comes again.
      if (!(await desk.consume({ model, id }))) throw new errors.InvalidGrant('used already')
    },
    destroy: id => (model === 'Grant' ? endGrant(desk, id) : desk.destroy({ model, id })),
    revokeByGrantId: grantId => desk.destroyOfGrant(grantId, model),
    // Of device codes, which we have not, and of sign-ins that outlive a request, which we do not keep.
    findByUserCode: async () => undefined,
    findByUid: async () => undefined,
  })
}

async function endGrant(desk: OAuthDesk, id: string): Promise<void> {
  await desk.endGrant(id)
  await desk.destroy({ model: 'Grant', id })
}
