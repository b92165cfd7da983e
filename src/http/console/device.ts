/** A browser's user agent in the words of its user: `Firefox on Windows`. It is what the browser says, and no more. */

import { say } from '../texts/index.ts'

export function deviceOf(userAgent: string | null): string {
  const browser = nameIn(userAgent, browsers)
  const system = nameIn(userAgent, systems)
  if (browser && system) return say.sessions.device(browser, system)
  return browser ?? system ?? say.sessions.unknown
}

function nameIn(userAgent: string | null, names: Names): string | undefined {
  return userAgent ? names.find(([sign]) => sign.test(userAgent))?.[1] : undefined
}

type Names = readonly (readonly [sign: RegExp, name: string])[]

/** In this order: most call themselves Safari, and many Chrome. */
const browsers: Names = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\b(OPR|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Headless)?(Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
]

const systems: Names = [
  [/\b(iPhone|iPod)\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]
