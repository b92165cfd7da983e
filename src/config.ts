/** The environment, read once. Every variable that Backdesk knows is here, with what it does when it is not set. */

import { resolve } from 'node:path'
import { z } from 'zod'
import type { RateLimit } from './access/rate-limit.ts'
import type { ProviderUrls } from './delivery/check-credentials.ts'
import type { ResendConfig } from './delivery/resend.ts'
import type { SmtpConfig } from './delivery/smtp.ts'
import { languages } from './http/texts/languages.ts'
import { isLoopback, unsafeSettings } from './unsafe-settings.ts'

const tags = Object.keys(languages).join(', ')
const isLanguage = (tag: string) => Object.hasOwn(languages, tag)

const environment = z.object({
  HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address to listen on; other than loopback, PUBLIC_URL and mail are needed.'),
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8420)
    .describe('Port to listen on; 0 takes a free one.'),
  PUBLIC_URL: z
    .url()
    .optional()
    .describe(
      'Where people and agents reach this server, https:// unless it is on this machine; default http://HOST:PORT, on loopback with the embedded database.',
    ),
  BACKDESK_DATA_DIR: z.string().default('.backdesk').describe('The embedded database and the server secret.'),
  DATABASE_URL: z
    .string()
    .optional()
    .describe(
      'A PostgreSQL ≥ 15 as its owner; with it, PUBLIC_URL and mail are needed; default: an embedded one.',
    ),
  APP_DATABASE_URL: z
    .string()
    .optional()
    .describe('The same database as the application role; goes with DATABASE_URL.'),
  BACKDESK_SECRET: z
    .string()
    .min(32)
    .optional()
    .describe(
      'What codes and tokens are derived from, the same on every host, and beyond this machine not guessable; default: a file in the data directory.',
    ),
  BACKDESK_PREVIOUS_SECRET: z
    .string()
    .min(32)
    .optional()
    .describe(
      'The secret before this one, while it changes: what was encrypted under it is still read. Codes and links of it end.',
    ),
  SMTP_URL: z
    .url({ protocol: /^smtps?$/ })
    .optional()
    .describe(
      'The mail server, smtp:// or smtps://, with user and password; default: no mail, codes are read in /dev/mailbox, on loopback with the embedded database alone.',
    ),
  RESEND_API_KEY: z
    .string()
    .optional()
    .describe('Sends mail by the HTTP API of Resend, in the place of SMTP_URL.'),
  RESEND_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://api.resend.com')
    .describe('Where that API is.'),
  TWILIO_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://api.twilio.com')
    .describe('Where Twilio is.'),
  WHATSAPP_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://graph.facebook.com/v23.0')
    .describe('Where the Cloud API of WhatsApp is.'),
  STRIPE_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://api.stripe.com')
    .describe('Where Stripe is.'),
  MAIL_FROM: z
    .string()
    .regex(
      /^([^<>\r\n]* <)?[^\s@<>]+@[^\s@<>]+>?$/,
      'an address, alone or as in Backdesk <no-reply@example.com>',
    )
    .optional()
    .describe('The sender of mail, an address or Name <address>; goes with SMTP_URL or RESEND_API_KEY.'),
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^[sr]k_(test|live)_\w+$/, 'a secret key, sk_… or rk_…')
    .optional()
    .describe('Takes cards by Stripe, on a server of one business; others set it in the console.'),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .startsWith('whsec_')
    .optional()
    .describe('By which the webhooks of that account are known; goes with STRIPE_SECRET_KEY.'),
  RATE_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .default(1200)
    .describe('Calls that one key may make in a minute.'),
  RATE_BURST: z.coerce
    .number()
    .int()
    .min(1)
    .default(300)
    .describe('Calls that a rested key may make at once.'),
  OVERLOADED_AFTER_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(2000)
    .describe('Requests are turned away (503) while the process answers so late; 0: never.'),
  BACKDESK_LANGUAGE: z
    .string()
    .refine(isLanguage, { error: ({ input }) => `there are no texts in ${String(input)}, only in ${tags}` })
    .default('en')
    .describe('What pages and the house’s own mails are written in; its texts are in src/http/texts.'),
  LOG_LEVEL: z
    .enum(['silent', 'error', 'warn', 'info', 'debug'])
    .default('warn')
    .describe('How much is logged.'),
})

export interface StripeAccess {
  secretKey: string
  webhookSecret: string
  /** Without a trailing slash. */
  url: string
}

export interface Config {
  host: string
  port: number
  publicUrl: string | undefined
  dataDir: string
  databaseUrl: string | undefined
  appDatabaseUrl: string | undefined
  secret: string | undefined
  previousSecret: string | undefined
  /** Of these two at most one; neither where no mail is sent. */
  smtp: SmtpConfig | undefined
  resend: ResendConfig | undefined
  /** Without a slash at the end. */
  providerUrls: ProviderUrls
  /** The account of a server of one business. */
  stripe: StripeAccess | undefined
  rateLimit: RateLimit
  /** The event loop's delay from which requests are turned away; 0: never. */
  overloadedAfterMs: number
  logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug'
  /** Listens only to this machine. */
  loopback: boolean
  /**
   * What others name, a calendar, a mail server, a client's document, may be in our own network: on a developer's machine,
   * which serves nobody else, also not through a proxy.
   */
  reachesInside: boolean
  /** Mail is shown at /dev/mailbox: on loopback with the embedded database, and nowhere else. */
  developerMailbox: boolean
}

/** Where the database is, for who reads it and serves nobody. @throws Error */
export function readDatabase(env: NodeJS.ProcessEnv): Pick<Config, 'databaseUrl' | 'dataDir'> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const { BACKDESK_DATA_DIR, DATABASE_URL } = environment
    .pick({ BACKDESK_DATA_DIR: true, DATABASE_URL: true })
    .parse(given)
  return { dataDir: resolve(BACKDESK_DATA_DIR), databaseUrl: DATABASE_URL }
}

/** @throws Error that names each variable that is wrong, and how */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = environment.safeParse(given)
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(issue => `  ${issue.path.join('.')}: ${issue.message}`)
    throw new Error(`The environment is not usable:\n${wrong.join('\n')}`)
  }
  const {
    HOST,
    PORT,
    PUBLIC_URL,
    BACKDESK_DATA_DIR,
    DATABASE_URL,
    APP_DATABASE_URL,
    BACKDESK_SECRET,
    BACKDESK_PREVIOUS_SECRET,
    SMTP_URL,
    RESEND_API_KEY,
    RESEND_URL,
    TWILIO_URL,
    WHATSAPP_URL,
    STRIPE_URL,
    MAIL_FROM,
    STRIPE_SECRET_KEY,
    STRIPE_WEBHOOK_SECRET,
    RATE_PER_MINUTE,
    RATE_BURST,
    OVERLOADED_AFTER_MS,
    LOG_LEVEL,
  } = parsed.data
  if (DATABASE_URL && !BACKDESK_SECRET) {
    throw new Error(
      'With DATABASE_URL, set BACKDESK_SECRET too (32 characters or more): every host must share it.',
    )
  }
  if (SMTP_URL && RESEND_API_KEY) {
    throw new Error('SMTP_URL and RESEND_API_KEY exclude each other: mail goes one way.')
  }
  if (Boolean(SMTP_URL || RESEND_API_KEY) !== Boolean(MAIL_FROM)) {
    throw new Error('MAIL_FROM goes with SMTP_URL or RESEND_API_KEY: who mail is from, and how it is sent.')
  }
  if (Boolean(STRIPE_SECRET_KEY) !== Boolean(STRIPE_WEBHOOK_SECRET)) {
    throw new Error(
      'STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET go together: what is charged, and what is heard.',
    )
  }
  const unsafe = unsafeSettings(parsed.data)
  if (unsafe.length > 0) {
    throw new Error(
      `Backdesk does not start so, since others reach it:\n${unsafe.map(line => `  ${line}`).join('\n')}`,
    )
  }
  return {
    host: HOST,
    port: PORT,
    publicUrl: PUBLIC_URL?.replace(/\/+$/, ''),
    dataDir: resolve(BACKDESK_DATA_DIR),
    databaseUrl: DATABASE_URL,
    appDatabaseUrl: APP_DATABASE_URL,
    secret: BACKDESK_SECRET,
    previousSecret: BACKDESK_PREVIOUS_SECRET,
    smtp: SMTP_URL && MAIL_FROM ? { url: SMTP_URL, from: MAIL_FROM } : undefined,
    resend:
      RESEND_API_KEY && MAIL_FROM
        ? { key: RESEND_API_KEY, url: RESEND_URL.replace(/\/+$/, ''), from: MAIL_FROM }
        : undefined,
    providerUrls: {
      twilio: TWILIO_URL.replace(/\/+$/, ''),
      whatsapp: WHATSAPP_URL.replace(/\/+$/, ''),
      stripe: STRIPE_URL.replace(/\/+$/, ''),
    },
    stripe:
      STRIPE_SECRET_KEY && STRIPE_WEBHOOK_SECRET
        ? {
            secretKey: STRIPE_SECRET_KEY,
            webhookSecret: STRIPE_WEBHOOK_SECRET,
            url: STRIPE_URL.replace(/\/+$/, ''),
          }
        : undefined,
    rateLimit: { perMinute: RATE_PER_MINUTE, burst: RATE_BURST },
    overloadedAfterMs: OVERLOADED_AFTER_MS,
    logLevel: LOG_LEVEL,
    loopback: isLoopback(HOST),
    reachesInside: isLoopback(HOST) && (!PUBLIC_URL || isLoopback(new URL(PUBLIC_URL).hostname)),
    developerMailbox: isLoopback(HOST) && !DATABASE_URL,
  }
}
