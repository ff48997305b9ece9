// The planner at every size it is used at: panels never lie on each other, nothing sticks out sideways, and a phone gets the
// list with its decisions.
import { randomUUID } from 'node:crypto'
import { ADMIN, PASSWORD, type App, call, expect, hydrated, ready, signIn, test } from '../support/app'
import { type World, world } from '../support/world'
import type { APIRequestContext, Page } from '@playwright/test'

const SIZE = 300
test.use({ world: 'sizes' })

/** Cycles under approval by their number of classes. */
const cycles: Record<number, string> = {}

const LABELS: Record<number, string[]> = {
  3: ['Basic', 'Regular', 'Key opinion leader'],
  4: ['D', 'C', 'B', 'A'],
  9: ['Dormant', 'Occasional', 'Basic', 'Regular', 'Regular plus', 'Strong', 'Strong plus', 'Top prescriber', 'Key opinion leader'],
}

async function prepared(request: APIRequestContext, app: App, of: World, classes: number): Promise<string> {
  const labels = LABELS[classes]!
  const share = Math.floor(10_000 / classes)
  const form = {
    id: null, version: 0, product: `Product ${classes}`, kind: 'person', specialties_label: 'Cardiology and what belongs to it',
    specialties: ['Cardiology'], measure: 'claims',
    classes: labels.map((label, i) => ({ label, code: '', colour: null, planned: i ? share : 10_000 - share * (classes - 1), calls_per_year: null })),
  }
  const definition = await call<string>(request, app, 'planner/definition/save', { form, key: randomUUID() })
  const { cycle: id } = await call<{ cycle: string }>(request, app, 'planner/cycle/open', { definition, name: '2026 H2', key: randomUUID() })
  const seen = () => ({ revision: 0, key: randomUUID() })
  await call(request, app, 'planner/cycle/start-borders', { id, seen: seen() })
  const planned = form.classes.map((each) => each.planned)
  const borders = [21, 34, 54, 84, 134, 212, 338, 540].slice(0, classes - 1).map((value) => value * 100)
  await call(request, app, 'planner/cycle/enable', { request: { cycle: id, seen: seen(), seen_draft: null, borders, planned } })
  expect(of.size).toBe(SIZE)
  return id
}

test.beforeAll(async ({ app, playwright }) => {
  const request = await playwright.request.newContext()
  const of = await world(request, app, SIZE)
  await call(request, app, 'sign-in', { email: ADMIN, password: PASSWORD })
  for (const classes of [3, 4, 9]) cycles[classes] = await prepared(request, app, of, classes)
  await request.dispose()
})

/** What of the page sticks out of it, and which of its parts (by what can be seen of them) lie on each other. */
async function faults(page: Page, parts: string[]): Promise<string[]> {
  return page.evaluate((parts) => {
    const found: string[] = []
    const root = document.documentElement
    if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth - root.clientWidth} wider than the window`)
    const main = document.querySelector('.app__main')!
    if (main.scrollWidth > main.clientWidth + 1) found.push(`its content is ${main.scrollWidth - main.clientWidth} wider than its room`)
    const boxes = parts.flatMap((selector) => {
      const element = document.querySelector(selector)
      const box = element?.getBoundingClientRect()
      return box && box.width && box.height ? [{ selector, box }] : []
    })
    for (const [i, one] of boxes.entries()) {
      for (const other of boxes.slice(i + 1)) {
        const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left)
        const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top)
        if (across > 1 && down > 1) found.push(`${one.selector} and ${other.selector} share ${Math.round(across)} × ${Math.round(down)}`)
      }
    }
    return found
  }, parts)
}

const PARTS = ['.planner__head', '.planner__filters', '.planner__upper', '.editor .hist', '.editor .classes', '.editor__note', '.pie__figure', '.moves']

for (const classes of [3, 4, 9]) {
  for (const [width, height] of [[1440, 900], [1100, 800], [820, 1180], [720, 450], [390, 844]] as const) {
    test(`${classes} classes at ${width} × ${height}`, async ({ app, page }) => {
      await page.setViewportSize({ width, height })
      await signIn(page, app, 'ca@acme.example')
      await page.goto(`${app.url}/cycles/${cycles[classes]}`)
      await hydrated(page)
      if (width > 560) {
        await ready(page)
      } else {
        await expect(page.getByRole('treegrid', { name: 'Planner items' })).toBeVisible()
        await expect(page.locator('.editor')).toBeHidden()
      }
      expect(await faults(page, PARTS)).toEqual([])
      const row = page.getByRole('row', { level: 3 }).first()
      await expect(row).toBeInViewport()
      // The way to decide is there at every size.
      await row.locator('.grid__cell--name').click()
      const drawer = page.getByRole('complementary', { name: 'Item' })
      await expect(drawer.getByRole('button', { name: 'Accept' })).toBeInViewport()
      // Beside the table the drawer leaves everything its place; over it, on smaller windows, it lies.
      // The head is left out: where it takes two rows, the drawer covers an end of the second.
      const beside = PARTS.filter((part) => part !== '.planner__head')
      expect(await faults(page, ['.drawer', '.rail', ...(width >= 1100 ? beside : [])])).toEqual([])
      if (width >= 1100) expect((await page.locator('.editor .hist').boundingBox())!.width).toBeGreaterThan(150)
      await drawer.getByRole('button', { name: 'Close' }).click()
      await expect(drawer).toBeHidden()
    })
  }
}

test('every other page keeps to its window', async ({ app, page }) => {
  await signIn(page, app, ADMIN)
  for (const [width, height] of [[820, 1180], [390, 844]] as const) {
    await page.setViewportSize({ width, height })
    for (const path of ['/', '/approvals', '/control/users', '/control/regions', '/control/microtargets']) {
      await page.goto(`${app.url}${path}`)
      await hydrated(page)
      await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible()
      expect(await faults(page, ['.rail', '.app__main']), `${path} at ${width}`).toEqual([])
    }
  }
})
