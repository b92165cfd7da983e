import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { readPrograms } from '../../src/domain/loyalty/program.ts'
import { listPromotions } from '../../src/domain/loyalty/promotions.ts'
import { givenProgram, ProgramShape, PromotionShape, programOf, promotionOf } from './shapes.ts'

export default defineTool({
  name: 'get_loyalty_program',
  title: 'The loyalty program',
  description:
    'How points are earned, when they end, and which tiers there are: as of now, what was decided for later, and the ' +
    'promotions that are on or to come. Its version is what update_loyalty_program asks for; 0: there is no program. For ' +
    'what points buy, list_loyalty_rewards.',
  keywords: [
    'points program',
    'earn rules',
    'how do customers earn',
    'stamp card',
    'tiers',
    'bonus scheme',
    'promotions',
  ],
  domain: 'loyalty',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/loyalty/program',
  input: z.strictObject({}),
  data: z.object({
    version: z.int(),
    programs: z.array(ProgramShape).describe('The one in force, then those to come.'),
    promotions: z.array(PromotionShape),
  }),
  example: { given: givenProgram, input: {} },
  async run(context) {
    const [{ version, current, coming }, promotions] = await Promise.all([
      readPrograms(context),
      listPromotions(context),
    ])
    return {
      version,
      programs: [...(current ? [current] : []), ...coming].map(programOf),
      promotions: promotions.map(promotionOf),
    }
  },
})
