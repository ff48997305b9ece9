// What an open page learns by itself: decisions and borders of others, and who else is here.
import { ADMIN, call, expect, hydrated, ready, setBorder, signIn, test } from '../support/app'
import { type World, cycle, finish, world } from '../support/world'
import { randomUUID } from 'node:crypto'

test.use({ world: 'live' })

let of: World

test.beforeAll(async ({ app, playwright }) => {
  const request = await playwright.request.newContext()
  of = await world(request, app, 60)
  await request.dispose()
})

test('a decision of somebody else shows by itself, with who is here', async ({ app, page, browser, request }) => {
  const open = await cycle(request, app, of, 'approving')
  await signIn(page, app, ADMIN)
  await page.goto(`${app.url}/cycles/${open}`)
  await ready(page)
  const other = await browser.newContext()
  const theirs = await other.newPage()
  await signIn(theirs, app, 'ca@acme.example')
  await theirs.goto(`${app.url}/cycles/${open}`)
  await ready(theirs)
  await expect(page.getByRole('img', { name: 'Also here: Manager CA' })).toHaveText('MC')
  await expect(theirs.getByRole('img', { name: 'Also here: Admin' })).toBeVisible()
  // The page has the focus all the time: nothing but the stream tells it.
  const view = await call<{ revision: number }>(request, app, 'planner/cycle/view', { id: open })
  await call(other.request, app, 'planner/cycle/decide', {
    request: { cycle: open, seen: { revision: view.revision, key: randomUUID() }, items: [0, 3, 6], command: 'Accept' },
  })
  await expect(page.locator('.planner__counts')).toContainText('Accepted 3', { timeout: 3000 })
  await other.close()
  await expect(page.getByRole('img', { name: /Also here/ })).toBeHidden({ timeout: 30_000 })
  await finish(request, app, open)
})

test('borders saved in another tab come onto a page that drew none, and leave alone what is drawn', async ({ app, page, request }) => {
  const open = await cycle(request, app, of, 'drafting')
  const save = async (draft: number | null, top: number) => {
    const borders = { cycle: open, seen: { revision: 0, key: randomUUID() }, seen_draft: draft, borders: [5000, 20_000, top], planned: [3500, 3500, 2000, 1000] }
    await call(request, app, 'planner/cycle/save-draft', { request: borders })
  }
  await save(null, 80_000)
  await signIn(page, app, ADMIN)
  await page.goto(`${app.url}/cycles/${open}`)
  await hydrated(page)
  await ready(page)
  const field = page.getByLabel('Class A from')
  await expect(field).toHaveValue('800')
  await save(1, 90_000)
  await expect(field).toHaveValue('900', { timeout: 3000 })
  await setBorder(page, 'A', '700')
  await save(2, 95_000)
  await expect(page.getByText('You in another tab saved version 3 of the borders')).toBeVisible({ timeout: 3000 })
  await expect(field).toHaveValue('700')
})
