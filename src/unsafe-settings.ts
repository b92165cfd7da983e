/** What keeps a server that others reach from starting: settings that leave it open, or that nobody could use. */

export interface Settings {
  HOST: string
  PUBLIC_URL?: string | undefined
  DATABASE_URL?: string | undefined
  APP_DATABASE_URL?: string | undefined
  BACKDESK_SECRET?: string | undefined
  BACKDESK_PREVIOUS_SECRET?: string | undefined
  SMTP_URL?: string | undefined
  RESEND_API_KEY?: string | undefined
}

/**
 * Each as `VARIABLE: what to set, and why`; none of them holds a secret's value. On this machine alone, as
 * docker-compose.yml has it for trying out, the well-known passwords do.
 */
export function unsafeSettings(settings: Settings): string[] {
  const { HOST, PUBLIC_URL, DATABASE_URL, SMTP_URL, RESEND_API_KEY } = settings
  const isServed = !isLoopback(HOST) || DATABASE_URL !== undefined
  const isPublic = PUBLIC_URL !== undefined && !isLoopback(new URL(PUBLIC_URL).hostname)
  const wrong: string[] = []
  if (isServed && !PUBLIC_URL) {
    wrong.push(
      'PUBLIC_URL: set the https:// address at which people and agents reach this server; links, cookies and tokens are for it alone (to try it out on this machine: http://localhost and the port).',
    )
  }
  if (isPublic && !PUBLIC_URL.startsWith('https:')) {
    wrong.push(
      'PUBLIC_URL: set an https:// address, and let a proxy before this server speak TLS; over http:// anybody on the way reads codes, cookies and keys.',
    )
  }
  if ((isServed || isPublic) && !SMTP_URL && !RESEND_API_KEY) {
    wrong.push(
      'SMTP_URL: set a mail server, or RESEND_API_KEY, and MAIL_FROM beside it; people sign in by a code from their mail, which is shown at /dev/mailbox only on this machine.',
    )
  }
  return isPublic ? [...wrong, ...guessable(settings)] : wrong
}

export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '::1' ||
    host === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(host)
  )
}

function guessable(settings: Settings): string[] {
  const secrets = (['BACKDESK_SECRET', 'BACKDESK_PREVIOUS_SECRET'] as const)
    .filter(name => settings[name] !== undefined && isGuessable(settings[name]))
    .map(name => `${name}: set one that nobody can guess, as \`openssl rand -base64 32\` makes it.`)
  const passwords = (['DATABASE_URL', 'APP_DATABASE_URL'] as const)
    .filter(name => settings[name] !== undefined && passwordOf(settings[name]) === DEVELOPMENT_PASSWORD)
    .map(name => `${name}: set a password of your own; this one stands in docker-compose.yml.`)
  return [...secrets, ...passwords]
}

/** The default in docker-compose.yml. */
const DEVELOPMENT_PASSWORD = 'development'

/** A word that people put there until they have a secret, or a few characters over and over. 32 random hex digits pass. */
function isGuessable(secret: string): boolean {
  return /development|production|example|change.?me|password|secret/i.test(secret) || new Set(secret).size < 9
}

function passwordOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).password : undefined
}
