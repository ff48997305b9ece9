// Every refusal a user can run into: clear words beside the cause, nothing lost, nothing changed.
import { ADMIN, PASSWORD, call, expect, ready, setBorder, signIn, test } from '../support/app'
import { type World, cycle, finish, world } from '../support/world'
import { randomUUID } from 'node:crypto'

const SIZE = 300
test.use({ world: 'refusals' })

let of: World
let open: string | undefined

test.beforeAll(async ({ app, playwright }) => {
  const request = await playwright.request.newContext()
  of = await world(request, app, SIZE)
  await request.dispose()
})

test.afterEach(async ({ app, request }) => {
  if (open) {
    const state = app.sql(`select state from cycle where cycle_id = '${open}'`)
    if (state === 'drafting' || state === 'collecting') {
      if (state === 'collecting') {
        await call(request, app, 'planner/cycle/start-borders', { id: open, seen: { revision: 0, key: randomUUID() } })
      }
      const view = await call<{ draft: { version: number } | null }>(request, app, 'planner/cycle/view', { id: open })
      await call(request, app, 'planner/cycle/enable', {
        request: {
          cycle: open, seen: { revision: 0, key: randomUUID() }, seen_draft: view.draft?.version ?? null,
          borders: [5000, 20_000, 80_000], planned: [3500, 3500, 2000, 1000],
        },
      })
    }
    await finish(request, app, open)
    open = undefined
  }
})

test('a wrong password is refused without telling whether the account exists', async ({ app, page }) => {
  for (const email of [ADMIN, 'nobody@acme.example']) {
    await page.goto(`${app.url}/sign-in`)
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByText('E-mail address or password is wrong.')).toBeVisible()
    await expect(page.getByLabel('E-mail')).toHaveValue(email)
  }
})

test('a page asked for while signed out comes after the sign-in', async ({ app, page, request }) => {
  open = await cycle(request, app, of, 'drafting')
  await page.goto(`${app.url}/cycles/${open}?group=none`)
  await expect(page).toHaveURL(/sign-in/)
  await page.getByLabel('E-mail').fill(ADMIN)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await ready(page)
  await expect(page).toHaveURL(new RegExp(`${open}\\?group=none`))
})

test('planned shares that do not total 100 cannot be saved', async ({ app, page, request }) => {
  open = await cycle(request, app, of, 'drafting')
  await signIn(page, app, ADMIN)
  await page.goto(`${app.url}/cycles/${open}`)
  await ready(page)
  await page.getByLabel('Class A plan %').fill('10.5')
  await expect(page.getByText('Planned % is 100.50. Take 0.50 away to save.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Save draft' })).toHaveAttribute('aria-disabled', 'true')
  await page.getByRole('button', { name: 'Save and enable for approval' }).click({ force: true })
  expect(app.sql(`select state from cycle where cycle_id = '${open}'`)).toBe('drafting')
  await expect(page.getByLabel('Class A plan %')).toHaveValue('10.5')
})

test('a border out of order is refused beside its field and stays as typed', async ({ app, page, request }) => {
  open = await cycle(request, app, of, 'drafting')
  await signIn(page, app, ADMIN)
  await page.goto(`${app.url}/cycles/${open}`)
  await ready(page)
  await setBorder(page, 'A', '800')
  await setBorder(page, 'B', '200')
  await page.getByLabel('Class B from').fill('900')
  await expect(page.getByText('Must be below 800, where A begins.')).toBeVisible()
  await expect(page.getByLabel('Class B from')).toHaveValue('900')
  await expect(page.getByRole('slider', { name: 'Border between B and C' })).toHaveAttribute('aria-valuenow', '200')
  await page.getByLabel('Class B from').fill('abc')
  await expect(page.getByText('this is not a number', { exact: false })).toBeVisible()
})

test('borders saved meanwhile in another tab: both versions are shown, and it is nobody else', async ({ app, page, request }) => {
  open = await cycle(request, app, of, 'drafting')
  await signIn(page, app, ADMIN)
  await page.goto(`${app.url}/cycles/${open}`)
  await ready(page)
  await setBorder(page, 'A', '700')
  await call(request, app, 'planner/cycle/save-draft', {
    request: {
      cycle: open, seen: { revision: 0, key: randomUUID() }, seen_draft: null,
      borders: [5000, 20_000, 99_900], planned: [3500, 3500, 2000, 1000],
    },
  })
  await page.getByRole('button', { name: 'Save draft' }).click()
  const dialog = page.getByRole('dialog', { name: 'You changed these borders in another tab' })
  await expect(dialog).toContainText('999')
  await expect(dialog).toContainText('700')
  await dialog.getByRole('button', { name: 'Keep mine' }).click()
  await expect(page.getByText('Draft saved as version 2')).toBeVisible()
  expect(app.sql(`select borders[3] from border_version where cycle_id = '${open}' and version = 2`)).toBe('70000')
})

test('Reset wants the exact word', async ({ app, page, request }) => {
  open = await cycle(request, app, of, 'approving')
  await signIn(page, app, ADMIN)
  await page.goto(`${app.url}/cycles/${open}`)
  await ready(page)
  await page.getByRole('button', { name: 'Reset cycle' }).click()
  const dialog = page.getByRole('dialog', { name: 'Reset the cycle' })
  await dialog.getByRole('textbox').fill('confirm')
  await page.keyboard.press('Enter')
  await expect(dialog.getByText('Type CONFIRM in capital letters.')).toBeVisible()
  expect(app.sql(`select state from cycle where cycle_id = '${open}'`)).toBe('approving')
  await dialog.getByRole('textbox').fill('CONFIRM')
  await dialog.getByRole('button', { name: 'Reset cycle' }).click()
  await expect(page.getByText('Cycle reset')).toBeVisible()
  expect(app.sql(`select state from cycle where cycle_id = '${open}'`)).toBe('drafting')
})

test('Transfer is refused while items are In progress, with their number per region', async ({ app, page, request }) => {
  open = await cycle(request, app, of, 'approving')
  await signIn(page, app, ADMIN)
  await page.goto(`${app.url}/cycles/${open}`)
  await ready(page)
  await page.getByRole('button', { name: 'Transfer' }).click()
  const dialog = page.getByRole('dialog', { name: 'Transfer to the general classification' })
  await expect(dialog).toContainText('300 items are still In progress')
  await expect(dialog.getByRole('row', { name: 'CA 100' })).toBeVisible()
  await expect(dialog.getByRole('button', { name: /^Transfer 0 items/ })).toHaveAttribute('aria-disabled', 'true')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  expect(app.sql('select count(*) from general_classification')).toBe('0')
})

test('a rejection and an override need a reason', async ({ app, page, request }) => {
  open = await cycle(request, app, of, 'approving')
  await signIn(page, app, 'ca@acme.example')
  await page.goto(`${app.url}/cycles/${open}`)
  await ready(page)
  await page.getByRole('row', { level: 3 }).first().getByRole('checkbox').click()
  await page.getByRole('toolbar').getByRole('button', { name: 'Reject' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Reject 1 item' }).click()
  await expect(page.getByText('Say why, so that the next reader understands the decision.')).toBeVisible()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('toolbar').getByRole('button', { name: 'Override' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Override 1 item' }).click()
  await expect(page.getByText('Choose a class.')).toBeVisible()
  expect(app.sql(`select count(*) from item where cycle_id = '${open}' and (status <> 'in_progress' or override_class is not null)`)).toBe('0')
})

test('an item that changed since it was shown is left as it is and said so', async ({ app, page, request }) => {
  open = await cycle(request, app, of, 'approving')
  await signIn(page, app, 'ca@acme.example')
  await page.goto(`${app.url}/cycles/${open}?sort=id&group=none`)
  await ready(page)
  await expect(page.getByRole('row', { level: 3 }).first()).toContainText('HCP-00000')
  // The same manager decides elsewhere, on another device. This page doesn't hear of it: its stream is cut.
  await page.route('**/live', (route) => route.abort())
  await page.reload()
  await ready(page)
  await call(request, app, 'sign-in', { email: 'ca@acme.example', password: PASSWORD })
  const revision = Number(app.sql(`select revision from cycle where cycle_id = '${open}'`))
  const seq = Number(app.sql(`select seq from item join contact using (company_id, contact_id) where cycle_id = '${open}' and external_id = 'HCP-00000'`))
  await call(request, app, 'planner/cycle/decide', {
    request: { cycle: open, seen: { revision, key: randomUUID() }, items: [seq], command: { Reject: { reason: 'Moved away' } } },
  })
  await page.getByRole('row', { level: 3 }).first().getByRole('checkbox').click()
  await page.getByRole('toolbar').getByRole('button', { name: 'Accept' }).click()
  await expect(page.getByText(/Changed by you, in another tab, since you looked: now Rejected/)).toBeVisible()
  await expect(page.getByRole('row', { level: 3 }).first()).toContainText('Rejected')
  expect(app.sql(`select status from item where cycle_id = '${open}' and seq = ${seq}`)).toBe('rejected')
})

test('who may not decide or draw sees no button for it, and the server refuses too', async ({ app, page, request }) => {
  open = await cycle(request, app, of, 'approving')
  await signIn(page, app, 'analyst@acme.example')
  await page.goto(`${app.url}/cycles/${open}`)
  await ready(page)
  for (const name of ['Approve all', 'Transfer', 'Reset cycle', 'Save draft', 'Accept']) {
    await expect(page.getByRole('button', { name, exact: true })).toHaveCount(0)
  }
  const answer = await page.request.post(`${app.url}/api/planner/cycle/transfer`, {
    data: { id: open, accepted_only: true, seen: { revision: 1, key: randomUUID() } },
  })
  expect(answer.status()).toBe(403)
  await page.goto(`${app.url}/control/users`)
  await expect(page.getByText('by an admin', { exact: false })).toBeVisible()
})

test('a second cycle of the same microtarget is refused', async ({ app, request }) => {
  open = await cycle(request, app, of, 'collecting')
  const answer = await request.post(`${app.url}/api/planner/cycle/open`, {
    data: { definition: of.definition, name: '2027 H1', key: randomUUID() },
  })
  expect(answer.status()).toBe(409)
  expect(await answer.text()).toContain('already has an open cycle')
})

test('an address that leads nowhere says so', async ({ app, page }) => {
  await signIn(page, app, ADMIN)
  await page.goto(`${app.url}/cycles/${randomUUID()}`)
  await expect(page.getByText('This cycle was not found.', { exact: false })).toBeVisible()
  const answer = await page.goto(`${app.url}/no/such/page`)
  expect(answer?.status()).toBe(404)
  await expect(page.getByText('This page does not exist')).toBeVisible()
})
