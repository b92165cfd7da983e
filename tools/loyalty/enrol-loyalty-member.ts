import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { enrolMember } from '../../src/domain/loyalty/members.ts'
import { accountView } from '../../src/domain/loyalty/read.ts'
import { AccountShape, accountOf, givenMember } from './shapes.ts'

const { program, customer } = givenMember

export default defineTool({
  name: 'enrol_loyalty_member',
  title: 'Make a customer a loyalty member',
  description:
    'Once: who is a member already is returned unchanged, as existing. Only needed where the program does not make members ' +
    'of all who buy (auto_enrol); earlier purchases earn nothing.',
  keywords: ['join the club', 'sign up for points', 'loyalty card', 'becomes a member'],
  domain: 'loyalty',
  effect: 'write',
  role: 'admin',
  route: 'POST /v1/loyalty/members',
  input: z.strictObject({ customer_id: Id('customer') }),
  data: AccountShape.extend({ existing: z.boolean() }),
  refusals: ['not_found', 'invalid_transition'],
  example: { given: { program, customer }, input: { customer_id: '$customer.id' } },
  async run(context, { customer_id }) {
    const { family, existing } = await enrolMember(context, customer_id)
    return { ...(await accountOf(context, await accountView(context, family))), existing }
  },
})
