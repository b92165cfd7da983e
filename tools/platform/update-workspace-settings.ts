import { settingsPatch, updateSettings } from '../../src/access/settings.ts'
import { defineTool } from '../../src/catalog/define.ts'
import { Settings } from './shapes.ts'

export default defineTool({
  name: 'update_workspace_settings',
  title: 'Change settings',
  description:
    'Changes the settings you name and leaves the rest. Takes the version that get_workspace_settings answered. The ' +
    'currency cannot be changed; what needs approval changes through set_approval_policy alone.',
  keywords: [
    'configure',
    'rename business',
    'preferences',
    'timezone',
    'quiet hours',
    'no marketing at night',
    'double booking',
    'overlapping appointments',
    'week start',
    'monday',
    'sunday',
  ],
  domain: 'platform',
  effect: 'write',
  role: 'admin',
  route: 'PATCH /v1/settings',
  input: settingsPatch,
  data: Settings,
  refusals: ['stale_version'],
  example: { input: { version: 1, name: 'Studio Norte Centro' } },
  run: (context, input) => updateSettings(context, input),
})
