// Borders as they are drawn: nothing drawn is lost or saved over, and what isn't saved can't be decided by.
import { randomUUID } from 'node:crypto'
import { ADMIN, type App, call, expect, ready, setBorder, signIn, test } from '../support/app'
import { type World, between, cycle, finish, world } from '../support/world'
import type { APIRequestContext, Page } from '@playwright/test'

const SIZE = 300
test.use({ world: 'drawing' })

let of: World
let open: string

test.beforeAll(async ({ app, playwright }) => {
  const request = await playwright.request.newContext()
  of = await world(request, app, SIZE)
  open = await cycle(request, app, of, 'drafting')
  await request.dispose()
})

const from = (page: Page, label: string) => page.getByLabel(`Class ${label} from`)

async function visit(page: Page, app: App, who: string) {
  await signIn(page, app, who)
  await page.goto(`${app.url}/cycles/${open}`)
  await ready(page)
}

/** Somebody else saves a draft meanwhile. */
async function savedElsewhere(request: APIRequestContext, app: App, borders: number[], planned: number[]) {
  await call(request, app, 'sign-in', { email: ADMIN, password: 'correct horse battery' })
  const view = await call<{ draft: { version: number } | null }>(request, app, 'planner/cycle/view', { id: open })
  const draft = { cycle: open, seen: { revision: 0, key: randomUUID() }, seen_draft: view.draft?.version ?? null, borders, planned }
  await call(request, app, 'planner/cycle/save-draft', { request: draft })
}

test('what is drawn is undone, redone, offered again after a reload, and gone once saved', async ({ app, page }) => {
  await visit(page, app, ADMIN)
  const first = await from(page, 'A').inputValue()
  const dot = page.getByText('not saved', { exact: true })
  await expect(dot).toBeHidden()
  await setBorder(page, 'A', '700')
  await expect(dot).toBeVisible()
  const undo = page.getByRole('button', { name: 'Undo (Ctrl+Z)' })
  await expect(undo).toHaveAttribute('aria-disabled', 'false')
  await page.getByRole('slider', { name: 'Border between A and B' }).focus()
  await page.keyboard.press('Control+z')
  await expect(from(page, 'A')).toHaveValue(first)
  await expect(dot).toBeHidden()
  await page.keyboard.press('Control+Shift+z')
  await expect(from(page, 'A')).toHaveValue('700')
  await page.waitForTimeout(500)
  await page.reload()
  await ready(page)
  await expect(from(page, 'A')).toHaveValue(first)
  await expect(page.getByText('were not saved', { exact: false })).toBeVisible()
  await page.getByRole('button', { name: 'Restore' }).click()
  await expect(from(page, 'A')).toHaveValue('700')
  await page.getByRole('button', { name: 'Save draft' }).click()
  await expect(page.getByText('Draft saved as version 1')).toBeVisible()
  await expect(dot).toBeHidden()
  await page.reload()
  await ready(page)
  await expect(from(page, 'A')).toHaveValue('700')
  await expect(page.getByText('were not saved', { exact: false })).toBeHidden()
})

test('a drag is taken back by Escape', async ({ app, page }) => {
  await visit(page, app, ADMIN)
  const slider = page.getByRole('slider', { name: 'Border between A and B' })
  const before = await slider.getAttribute('aria-valuenow')
  const box = (await slider.boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  await page.mouse.move(box.x - 60, box.y + box.height / 2, { steps: 4 })
  await expect(slider).not.toHaveAttribute('aria-valuenow', before!)
  await page.keyboard.press('Escape')
  await expect(slider).toHaveAttribute('aria-valuenow', before!)
  await page.mouse.move(box.x - 90, box.y + box.height / 2)
  await page.mouse.up()
  await expect(slider).toHaveAttribute('aria-valuenow', before!)
})

test('saved versions are listed and restored', async ({ app, page, request }) => {
  await savedElsewhere(request, app, [5000, 20_000, 99_900], [3500, 3500, 2000, 1000])
  await visit(page, app, ADMIN)
  await expect(from(page, 'A')).toHaveValue('999')
  await page.getByRole('button', { name: 'Saved versions' }).click()
  const dialog = page.getByRole('dialog', { name: 'Saved versions' })
  await expect.poll(() => dialog.evaluate((element) => element.matches(':modal'))).toBe(true)
  await expect(dialog.getByRole('listitem')).toHaveCount(2)
  await expect(dialog.getByRole('listitem').first()).toContainText('999')
  await dialog.getByRole('button', { name: 'Restore version 1' }).click()
  await expect(dialog).toBeHidden()
  await expect(from(page, 'A')).toHaveValue('700')
  await expect(page.getByText('not saved', { exact: true })).toBeVisible()
})

test('after a refused save and Cancel the next one is refused too', async ({ app, page, request }) => {
  await visit(page, app, ADMIN)
  await setBorder(page, 'A', '650')
  // The same borders as before, another plan: a conflict all the same, and one that can be seen.
  await savedElsewhere(request, app, [5000, 20_000, 99_900], [3000, 4000, 2000, 1000])
  await page.getByRole('button', { name: 'Save draft' }).click()
  const dialog = page.getByRole('dialog', { name: /changed these borders/ })
  await expect(dialog.locator('mark', { hasText: '40.0%' })).toBeVisible()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  // What the page learns meanwhile changes nothing: the choice is still to be made.
  await page.evaluate(() => window.dispatchEvent(new Event('focus')))
  await page.waitForTimeout(500)
  await page.getByRole('button', { name: 'Save draft' }).click()
  await expect(dialog).toBeVisible()
  await dialog.getByRole('button', { name: 'Take theirs' }).click()
  await expect(page.getByLabel('Class C plan %')).toHaveValue('40.0')
  await expect(from(page, 'A')).toHaveValue('999')
  await expect(page.getByText('not saved', { exact: true })).toBeHidden()
})

test('a planned % that is cleared leaves the page alive', async ({ app, page }) => {
  await visit(page, app, ADMIN)
  await page.getByLabel('Class A plan %').fill('')
  await expect(page.getByText('A planned % is not a number between 0 and 100.')).toBeVisible()
  await page.getByLabel('Class A plan %').fill('10,5')
  await expect(page.getByRole('button', { name: 'Save draft' })).toHaveAttribute('aria-disabled', 'true')
  await page.getByLabel('Class A plan %').fill('10')
  await expect(page.getByText('A planned % is not a number', { exact: false })).toBeHidden()
  await from(page, 'A').fill('1.5.5')
  await expect(page.getByRole('button', { name: 'Save draft' }), 'nor is a border that does not read').toHaveAttribute('aria-disabled', 'true')
  await from(page, 'A').fill('999')
  await expect(page.getByRole('button', { name: 'Save draft' })).toHaveAttribute('aria-disabled', 'false')
})

test.describe('where numbers have a decimal comma', () => {
  test.use({ locale: 'de-DE' })

  test('it is understood', async ({ app, page }) => {
    await visit(page, app, ADMIN)
    await page.getByLabel('Class A plan %').fill('10,5')
    await expect(page.getByText('Planned % is 100.50. Take 0.50 away to save.')).toBeVisible()
    await setBorder(page, 'A', '1.000,5')
    await expect(page.getByRole('slider', { name: 'Border between A and B' })).toHaveAttribute('aria-valuenow', '1000.5')
  })
})

test('what fitting could not do is said only as long as it is so', async ({ app, page }) => {
  await visit(page, app, ADMIN)
  // The best 12 % are 36 items; 34 have more than 863, and the next four all have that.
  for (const [label, plan] of [['A', '12'], ['B', '20'], ['C', '33'], ['D', '35']]) {
    await page.getByLabel(`Class ${label} plan %`).fill(plan!)
  }
  await page.getByRole('button', { name: 'Fit to plan' }).click()
  await page.getByRole('menuitem', { name: /^Fit to plan/ }).click()
  await expect(page.getByText('and stay together', { exact: false })).toBeVisible()
  await page.getByRole('slider', { name: 'Border between A and B' }).press('ArrowRight')
  await expect(page.getByText('and stay together', { exact: false })).toBeHidden()
})

test('pointing at the drawings filters the grid', async ({ app, page }) => {
  await visit(page, app, ADMIN)
  await setBorder(page, 'A', '800')
  const rows = async () => Number(await page.getByRole('treegrid').getAttribute('aria-rowcount'))
  const all = await rows()
  await page.locator('.hist__band', { hasText: 'A' }).first().click()
  await expect(page).toHaveURL(/class=A/)
  await expect(page.getByRole('row', { name: /Class A/ }).first()).toContainText('of those shown')
  await page.locator('.matrix tbody tr').last().locator('td').first().click()
  await expect(page).toHaveURL(/class=A&current=new/)
  // Twice shows all again.
  await page.locator('.matrix tbody tr').last().locator('td').first().click()
  await expect(page).not.toHaveURL(/class=A/)
  await expect.poll(rows).toBe(all)
  const figure = (await page.locator('.pie__canvas').boundingBox())!
  const at = (share: number) => {
    const radius = Math.min(figure.width, figure.height) * 0.375
    return [figure.x + figure.width / 2 + radius * Math.sin(share * 2 * Math.PI), figure.y + figure.height / 2 - radius * Math.cos(share * 2 * Math.PI)]
  }
  const [x, y] = at(between(SIZE, 800, 1e9) / SIZE / 2)
  await page.mouse.click(x!, y!)
  await expect(page).toHaveURL(/class=A/)
})

test('under a preview nothing can be decided, and the way back is one click', async ({ app, page, request }) => {
  await finishDraft(request, app)
  await visit(page, app, 'nv@acme.example')
  const grid = page.getByRole('treegrid', { name: 'Planner items' })
  await page.getByRole('slider', { name: 'Border between A and B' }).press('End')
  await expect(page.getByText('decisions are off', { exact: false })).toBeVisible()
  await expect(page.getByText('counts as', { exact: false }).first()).toBeVisible()
  await expect(page.locator('.hist__ghost')).toHaveCount(1)
  await expect(page.getByRole('button', { name: 'Approve all' })).toHaveAttribute('aria-disabled', 'true')
  await grid.focus()
  for (const key of ['Home', 'ArrowDown', 'ArrowDown', 'a']) await page.keyboard.press(key)
  await expect(page.getByText('Under a preview nothing is decided', { exact: false })).toBeVisible()
  await page.getByRole('button', { name: 'Back to the saved borders' }).click()
  await expect(page.getByText('decisions are off', { exact: false })).toBeHidden()
  expect(app.sql(`select count(*) from item where cycle_id = '${open}' and status = 'accepted'`)).toBe('0')
  await grid.focus()
  await page.keyboard.press('a')
  await expect(page.getByText('1 accepted', { exact: true })).toBeVisible()
  await expect(page.getByRole('row', { name: /Class A/ }).first()).toContainText('of your regions, company plan 10.0%')
  await finish(request, app, open)
})

/** Enables the cycle over whatever draft there is. */
async function finishDraft(request: APIRequestContext, app: App) {
  await call(request, app, 'sign-in', { email: ADMIN, password: 'correct horse battery' })
  const view = await call<{ draft: { version: number } | null }>(request, app, 'planner/cycle/view', { id: open })
  await call(request, app, 'planner/cycle/enable', {
    request: {
      cycle: open, seen: { revision: 0, key: randomUUID() }, seen_draft: view.draft?.version ?? null,
      borders: [5000, 20_000, 80_000], planned: [3500, 3500, 2000, 1000],
    },
  })
}
