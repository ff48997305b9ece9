// The planner by keyboard and without a network: everything reachable, nothing hidden decided on, nothing said twice.
import { ADMIN, type App, expect, ready, rested, signIn, test } from '../support/app'
import { type World, cycle, id, world } from '../support/world'
import type { Page } from '@playwright/test'

const SIZE = 600
test.use({ world: 'hands' })

let of: World
let open: string

test.beforeAll(async ({ app, playwright }) => {
  const request = await playwright.request.newContext()
  of = await world(request, app, SIZE)
  open = await cycle(request, app, of, 'approving')
  await request.dispose()
})

async function visit(page: Page, app: App, who: string, query = '') {
  await signIn(page, app, who)
  await page.goto(`${app.url}/cycles/${open}${query}`)
  await ready(page)
}

test('columns are sorted by keyboard', async ({ app, page }) => {
  await visit(page, app, ADMIN)
  await page.getByRole('treegrid').focus()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('columnheader', { name: 'Name' }).getByRole('button')).toBeFocused()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/sort=id/)
  await expect(page.getByRole('columnheader', { name: 'Id', exact: true })).toHaveAttribute('aria-sort', 'ascending')
  await expect(page.getByRole('complementary', { name: 'Item' }), 'Enter sorts, it opens nothing').toBeHidden()
})

test('menus are opened and walked through by arrows', async ({ app, page }) => {
  await visit(page, app, ADMIN)
  await page.getByRole('button', { name: 'Group by' }).focus()
  await page.keyboard.press('ArrowDown')
  const items = page.getByRole('menuitemradio')
  await expect(items.first()).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await expect(items.last()).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(items.first()).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'Group by' })).toBeFocused()
})

test('what a filter hides is no longer selected', async ({ app, page }) => {
  await visit(page, app, 'ca@acme.example', '?group=none&sort=id')
  const boxes = page.getByRole('row', { level: 3 }).getByRole('checkbox')
  await boxes.nth(0).click()
  await boxes.nth(1).click()
  await expect(page.getByRole('toolbar')).toContainText('2 selected')
  await page.getByLabel('Search name or id').fill(id(3))
  await expect(page.getByRole('toolbar')).toContainText('1 selected')
  await page.getByRole('treegrid').focus()
  await page.keyboard.press('a')
  await expect(page.getByText('1 accepted', { exact: true })).toBeVisible()
  expect(app.sql(`select count(*) from item where cycle_id = '${open}' and status = 'accepted'`)).toBe('1')
})

test('a reason typed is kept over Escape, and sent by Ctrl+Enter', async ({ app, page }) => {
  await visit(page, app, 'nv@acme.example')
  await page.getByRole('row', { level: 3 }).first().getByRole('checkbox').click()
  await page.keyboard.press('r')
  const dialog = page.getByRole('dialog', { name: 'Reject 1 item' })
  await dialog.getByLabel('Reason').fill('Moved abroad')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await page.getByRole('treegrid').focus()
  await page.keyboard.press('r')
  await expect(dialog.getByLabel('Reason')).toHaveValue('Moved abroad')
  await dialog.getByLabel('Reason').press('Control+Enter')
  await expect(page.getByText('1 rejected', { exact: true })).toBeVisible()
})

test('without a network one banner says so, and names come when it is back', async ({ app, page, context }) => {
  await visit(page, app, ADMIN, '?group=none&sort=id')
  await rested(page)
  await context.setOffline(true)
  const grid = page.getByRole('treegrid')
  await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight))
  await page.evaluate(() => window.dispatchEvent(new Event('focus')))
  await expect(page.getByText('No connection to the server.')).toBeVisible()
  await expect(page.getByRole('region', { name: 'Notifications' }).getByRole('alert')).toHaveCount(0)
  await context.setOffline(false)
  await expect(page.getByText('No connection to the server.')).toBeHidden()
  await expect(page.getByRole('row', { level: 3 }).last()).toContainText(id(SIZE - 1))
})

test('a decision that could not be sent is put back', async ({ app, page, context }) => {
  await visit(page, app, 'tx@acme.example')
  const row = page.getByRole('row', { level: 3 }).first()
  await expect(row).toContainText('In progress')
  await rested(page)
  await context.setOffline(true)
  await row.getByRole('checkbox').click()
  await page.keyboard.press('a')
  await expect(page.getByText('Nothing was changed')).toBeVisible()
  await expect(row).toContainText('In progress')
  await context.setOffline(false)
})

test('Approve all names its number and is taken back as a whole', async ({ app, page }) => {
  await visit(page, app, 'tx@acme.example')
  const accepted = () => Number(app.sql(`select count(*) from item i join contact c using (company_id, contact_id) join region r using (company_id, region_id) where i.cycle_id = '${open}' and r.code = 'TX' and i.status = 'accepted'`))
  await page.getByRole('button', { name: 'Approve all' }).click()
  await expect(page.getByText('200 accepted', { exact: true })).toBeVisible()
  expect(accepted()).toBe(200)
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(page.getByText('200 back In progress', { exact: true })).toBeVisible()
  expect(accepted()).toBe(0)
})

test('a letter that can do nothing says so, and decisions go on', async ({ app, page }) => {
  await visit(page, app, 'ca@acme.example', '?group=none&sort=id&status=in_progress')
  const boxes = page.getByRole('row', { level: 3 }).getByRole('checkbox')
  await boxes.nth(0).click()
  await boxes.nth(1).click()
  await expect(page.getByRole('toolbar').getByRole('button', { name: 'Withdraw' })).toBeHidden()
  await page.getByRole('treegrid').press('w')
  await expect(page.getByText('There is nothing to withdraw', { exact: false })).toBeVisible()
  await page.getByRole('treegrid').press('a')
  await expect(page.getByText('2 accepted', { exact: true })).toBeVisible()
  // What was accepted is withdrawn by the same letter, and stays so after a reload.
  await page.goto(`${app.url}/cycles/${open}?group=none&sort=id&status=accepted`)
  await ready(page)
  const accepted = page.getByRole('row', { level: 3 })
  const many = await accepted.count()
  await accepted.first().click()
  await page.getByRole('treegrid').press('w')
  await expect(page.getByText('1 back In progress', { exact: true })).toBeVisible()
  await page.reload()
  await ready(page)
  await expect(accepted).toHaveCount(many - 1)
})

test('what is decided while many are being decided waits, and is decided too', async ({ app, page }) => {
  await visit(page, app, 'ca@acme.example', '?group=none&sort=id&status=in_progress')
  const rows = page.getByRole('row', { level: 3 })
  const third = await rows.nth(2).getByRole('gridcell').nth(1).innerText()
  let first = true
  const sent: number[] = []
  await page.route('**/api/planner/cycle/decide', async (route) => {
    sent.push(route.request().postDataJSON().request.items.length)
    if (first) {
      first = false
      await expect(page.getByText('Waiting: others are at work here.'), 'only what takes long is called a wait').toBeHidden()
      await expect(page.getByText('Waiting: others are at work here.')).toBeVisible()
    }
    await route.continue()
  })
  await rows.nth(0).getByRole('checkbox').click()
  await rows.nth(1).getByRole('checkbox').click()
  await page.getByRole('toolbar').getByRole('button', { name: 'Accept' }).click()
  await page.getByLabel('Search name or id').fill(third)
  await expect(rows).toHaveCount(1)
  await rows.first().click()
  await page.getByRole('treegrid').press('a')
  await expect.poll(() => sent, 'the one after the two').toEqual([2, 1])
  await expect(page.getByText('1 accepted')).toBeVisible()
})
