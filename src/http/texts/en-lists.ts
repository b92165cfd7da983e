/** The English texts of what is more than a page or a list has room for. Part of `en.ts`. */

export const lists = {
  choosing: {
    find: {
      service: 'Find a service',
      location: 'Find a place',
      staff: 'Find a person',
      staff_id: 'Find a person',
      key: 'Find a key',
    },
    look: 'Find',
    some: (listed: number, all: number) =>
      `The list has ${listed} of ${all}. Write part of a name to find the others.`,
    found: (count: number) => `The list has the ${count} that are called so.`,
    someFound: (listed: number, found: number) =>
      `The list has ${listed} of the ${found} that are called so. Write more of the name.`,
    none: (text: string, listed: number) =>
      `Nothing is called “${text}”. The list has the first ${listed} of all.`,
  },
  parts: {
    of: (part: number, count: number) => `This is long, and shown in ${count} parts. This is part ${part}.`,
    readAll: 'Read all of it before you decide.',
    andMore: (count: number) => `And ${count} more.`,
    previous: 'Previous part',
    next: 'Next part',
  },
}
