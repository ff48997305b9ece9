// What the journeys stand on: a server on a fresh database, made-up data loaded by the program itself, pages that fail
// their test when the console shows an error, and signing in.
import { test as base, expect, type APIRequestContext, type Page } from '@playwright/test'
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { randomUUID } from 'node:crypto'

export const PASSWORD = 'correct horse battery'
export const ADMIN = 'admin@acme.example'

const binary = process.env.CUTLINE_BIN!
const cluster = process.env.TEST_DATABASE_URL!

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

export class App {
  constructor(
    readonly url: string,
    readonly database: string,
    private readonly server: ChildProcess,
  ) {}

  static async start(extra: string[] = []): Promise<App> {
    const name = `e2e_${randomUUID().replaceAll('-', '')}`
    execFileSync('psql', ['-X', '-q', cluster, '-c', `create database ${name}`])
    const database = cluster.replace('/postgres?', `/${name}?`)
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const server = spawn(binary, ['serve', '--addr', `127.0.0.1:${port}`, ...extra], {
      env: {
        ...process.env,
        DATABASE_URL: database,
        CUTLINE_ADMIN_EMAIL: ADMIN,
        CUTLINE_ADMIN_PASSWORD: PASSWORD,
        CUTLINE_COMPANY: 'Acme',
        CUTLINE_LOG: 'warn',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    for (let tries = 0; tries < 300; tries += 1) {
      const ready = await fetch(`${url}/readyz`).then((answer) => answer.ok, () => false)
      if (ready) return new App(url, database, server)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error('the server did not get ready')
  }

  async stop() {
    const gone = new Promise((resolve) => this.server.once('exit', resolve))
    this.server.kill('SIGTERM')
    await gone
  }

  /** Runs `cutline` on this app's database. */
  cutline(...args: string[]): string {
    return execFileSync(binary, args, { env: { ...process.env, DATABASE_URL: this.database, CUTLINE_LOG: 'error' } }).toString()
  }

  sql(query: string): string {
    return execFileSync('psql', ['-X', '-q', '-A', '-t', this.database, '-c', query]).toString().trim()
  }

  /** Loads a text as if it were a file. */
  load(what: 'contacts' | 'measures', csv: string, ...flags: string[]): string {
    const file = `/tmp/${randomUUID()}.csv`
    writeFileSync(file, csv)
    return this.cutline('load', what, file, ...flags)
  }
}

/** Somebody's requests, signed in, for preparing what a test isn't about. */
export async function call<T>(request: APIRequestContext, app: App, endpoint: string, data: unknown): Promise<T> {
  const answer = await request.post(`${app.url}/api/${endpoint}`, { data })
  expect(answer.ok(), `${endpoint}: ${await answer.text()}`).toBe(true)
  return (await answer.json()) as T
}

export async function signIn(page: Page, app: App, email: string) {
  await page.goto(`${app.url}/sign-in`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  await hydrated(page)
}

/** Waits until the module has taken over the page. */
export async function hydrated(page: Page) {
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached' })
}

/** A border by its label, brought to a value through the field beside its class. */
export async function setBorder(page: Page, upper: string, value: string) {
  const field = page.getByLabel(`Class ${upper} from`)
  await field.fill(value)
  await field.blur()
}

/** Waits until the items are there. */
export async function ready(page: Page) {
  await expect(page.getByRole('treegrid', { name: 'Planner items' })).toBeVisible()
  await expect(page.getByRole('figure', { name: 'Planned versus current' })).toBeVisible()
}

/** Waits until the code of what lies over the cycle's page has come too, which it does when the page rests. */
export async function rested(page: Page) {
  const come = () => performance.getEntriesByType('resource').some((entry) => entry.name.includes('split_asides') && (entry as PerformanceResourceTiming).responseEnd > 0)
  await page.waitForFunction(come)
}

export const test = base.extend<{ quiet: void }, { world: string; app: App }>({
  // Files name a world of their own, so that each gets a server and a database of its own.
  world: ['', { option: true, scope: 'worker' }],
  app: [
    async ({ world: _ }, use) => {
      const app = await App.start()
      await use(app)
      await app.stop()
    },
    { scope: 'worker' },
  ],
  // A page that complains in the console fails its test.
  quiet: [
    async ({ context }, use) => {
      const complaints: string[] = []
      context.on('console', (message) => {
        // The browser itself reports refused requests; tests that provoke them look at what the page says.
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text())
      })
      context.on('weberror', (error) => complaints.push(String(error.error())))
      await use()
      expect(complaints).toEqual([])
    },
    { auto: true },
  ],
})

/** Adds somebody who has set a password of their own, as everybody does at first: PASSWORD. The admin is signed in after it. */
export async function hire(request: APIRequestContext, app: App, person: { email: string; name: string; role: string; regions?: string[] }) {
  const given = 'handed over once'
  const form = { id: null, version: 0, regions: [], password: given, ...person }
  await call(request, app, 'sign-in', { email: ADMIN, password: PASSWORD })
  await call(request, app, 'company/person/save', { form, key: randomUUID() })
  await call(request, app, 'sign-in', { email: person.email, password: given })
  await call(request, app, 'account/password/own', { password: PASSWORD, key: randomUUID() })
  await call(request, app, 'sign-in', { email: ADMIN, password: PASSWORD })
}

export { expect }
