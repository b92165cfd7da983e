/**
 * The console's sections, in the order of its navigation. A page of the console stands here, or under one that does:
 * the browser's tests visit every section, at both widths, by light and by dark.
 */

import { hasRole, type Role } from '../../access/principal.ts'
import { type Html, html } from '../pages/html.ts'
import { say } from '../texts/index.ts'

export interface Section {
  href: `/console${string}`
  text: string
  icon: Html
  /** One of the four that a phone keeps at its lower edge; the others are behind “More”. */
  tab?: true
  /** Least role that it is of use to; default: everybody. */
  role?: Role
}

export const sections: readonly Section[] = [
  {
    href: '/console',
    text: say.sections.today,
    icon: icon('M4 11.5 12 5l8 6.5M6.5 10v9h11v-9M10 19v-5h4v5'),
    tab: true,
  },
  {
    href: '/console/approvals',
    text: say.sections.approvals,
    icon: icon('M20 12a8 8 0 1 1-4.2-7M9 11.5l3 3 8-8.5'),
    tab: true,
  },
  {
    href: '/console/calendar',
    text: say.sections.calendar,
    icon: icon('M5 6.5h14v13H5zM5 10.5h14M9 4v4M15 4v4'),
    tab: true,
  },
  {
    href: '/console/customers',
    text: say.sections.customers,
    icon: icon('M12 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M5 20c.6-3.8 3.4-5.5 7-5.5s6.4 1.700 7 5.500'),
    tab: true,
  },
  {
    href: '/console/invoices',
    text: say.sections.invoices,
    icon: icon('M6 3.500h12v17l-3-2-3 2-3-2-3 2zM9 8.500h6M9 12.500h6'),
  },
  { href: '/console/messages', text: say.sections.messages, icon: icon('M4 6h16v12H4zM4 7l8 6 8-6') },
  {
    href: '/console/services',
    text: say.sections.services,
    icon: icon('M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16M12 8v4.500l3 2'),
  },
  {
    href: '/console/team',
    text: say.sections.team,
    icon: icon(
      'M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6M3.500 19c.4-3.400 2.500-5 5.500-5s5.100 1.600 5.500 5M15 5.300a3 3 0 0 1 0 5.400M17 14.300c2 .7 3.200 2.200 3.500 4.700',
    ),
  },
  {
    href: '/console/activity',
    text: say.sections.activity,
    icon: icon('M4 13h4l2.500-7 4 12 2.500-5h3'),
    role: 'admin',
  },
  {
    href: '/console/keys',
    text: say.sections.keys,
    icon: icon('M9 15a4 4 0 1 0 0-8 4 4 0 0 0 0 8M12.500 11H20v3M16.500 11v2.500'),
    role: 'admin',
  },
  {
    href: '/console/settings',
    text: say.sections.settings,
    icon: icon('M4 7h9M17 7h3M4 12h3M11 12h9M4 17h9M17 17h3M15 5v4M9 10v4M15 15v4'),
  },
  {
    href: '/console/clients',
    text: say.sections.clients,
    icon: icon('M9 3v5M15 3v5M6 8h12v4a6 6 0 0 1-12 0zM12 18v3'),
  },
  {
    href: '/console/sessions',
    text: say.sections.sessions,
    icon: icon('M3 5h18v11H3zM8 20h8M12 16v4'),
  },
]

export function sectionsFor(role: Role): Section[] {
  return sections.filter(section => hasRole(role, section.role ?? 'member'))
}

/** The section that a path lies in: the longest that it begins with. */
export function sectionAt(path: string): Section | undefined {
  return sections
    .filter(({ href }) => path === href || (href !== '/console' && path.startsWith(`${href}/`)))
    .toSorted((one, other) => other.href.length - one.href.length)[0]
}

/** Lines of 24 units, drawn in the colour of the text. */
export function icon(path: string): Html {
  return html`<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="${path}"/></svg>`
}
