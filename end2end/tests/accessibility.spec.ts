// axe finds nothing, on every page, in light and dark, wide and tablet.
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { ADMIN, expect, ready, signIn, test } from '../support/app'
import { type World, cycle, world } from '../support/world'

test.use({ world: 'accessibility' })

let of: World
let open: string

test.beforeAll(async ({ app, playwright }) => {
  const request = await playwright.request.newContext()
  of = await world(request, app, 200)
  open = await cycle(request, app, of, 'approving')
  await request.dispose()
})

async function clean(page: Page) {
  const result = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  const found = result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)
  expect(found).toEqual([])
}

async function withoutSideScroll(page: Page) {
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true)
}

for (const scheme of ['light', 'dark'] as const) {
  for (const [name, width, height] of [['wide', 1440, 900], ['tablet', 820, 1180]] as const) {
    test(`${scheme}, ${name}`, async ({ app, page }) => {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      await page.setViewportSize({ width, height })
      await page.goto(`${app.url}/sign-in`)
      await clean(page)
      await signIn(page, app, ADMIN)
      await expect(page.getByRole('link', { name: 'Cardiolin', exact: true })).toBeVisible()
      await clean(page)
      await withoutSideScroll(page)
      await page.goto(`${app.url}/cycles/${open}`)
      await ready(page)
      await clean(page)
      await withoutSideScroll(page)
      await page.getByRole('button', { name: 'Transfer' }).click()
      await clean(page)
      await page.keyboard.press('Escape')
      for (const tab of ['microtargets', 'users', 'regions']) {
        await page.goto(`${app.url}/control/${tab}`)
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
        await clean(page)
        await withoutSideScroll(page)
      }
      await page.goto(`${app.url}/profile`)
      await expect(page.getByRole('heading', { level: 1, name: 'Your profile' })).toBeVisible()
      await clean(page)
      await withoutSideScroll(page)
      await page.context().clearCookies()
      await signIn(page, app, 'ca@acme.example')
      await page.goto(`${app.url}/approvals`)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await clean(page)
      await page.goto(`${app.url}/cycles/${open}`)
      await ready(page)
      await page.getByRole('row', { level: 3 }).first().getByRole('checkbox').click()
      await page.getByRole('row', { level: 3 }).nth(1).locator('.grid__cell--name').click()
      await expect(page.getByRole('complementary', { name: 'Item' })).toContainText('History')
      await clean(page)
      await page.getByRole('complementary', { name: 'Item' }).getByRole('button', { name: 'Close' }).click()
      await page.getByRole('toolbar').getByRole('button', { name: 'Override' }).click()
      await clean(page)
    })
  }
}
