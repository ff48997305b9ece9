// The Control Center: its tree, its search, addresses from before there was one, and who sees what of it.
import { randomUUID } from 'node:crypto'
import { ADMIN, expect, hire, hydrated, signIn, test } from '../support/app'

test.use({ world: 'control' })

const tree = (page: import('@playwright/test').Page) => page.getByRole('navigation', { name: 'Control Center' })

test('the tree leads to every page and its search finds them by other words', async ({ app, page }) => {
  await signIn(page, app, ADMIN)
  await page.goto(`${app.url}/control`)
  await hydrated(page)
  await expect(page).toHaveURL(/\/control\/regions$/)
  for (const [name, path] of [['Users and roles', 'users'], ['Microtargets', 'microtargets'], ['Regions', 'regions']] as const) {
    await tree(page).getByRole('link', { name }).click()
    await expect(page).toHaveURL(new RegExp(`/control/${path}$`))
    await expect(tree(page).getByRole('link', { name })).toHaveAttribute('aria-current', 'page')
  }
  const search = page.getByLabel('Find a setting')
  await search.fill('passwords')
  await expect(tree(page).getByRole('link')).toHaveText(['Users and roles'])
  await search.fill('no such thing')
  await expect(tree(page).getByText('Nothing is called that.')).toBeVisible()
  await expect(tree(page).getByRole('link')).toHaveCount(0)
  await search.fill('')
  await expect(tree(page).getByRole('link')).toHaveCount(3)
})

test('where there is no room the tree is a menu', async ({ app, page }) => {
  await page.setViewportSize({ width: 820, height: 1180 })
  await signIn(page, app, ADMIN)
  await page.goto(`${app.url}/control/regions`)
  await hydrated(page)
  await expect(tree(page)).toBeHidden()
  await page.getByRole('button', { name: 'Company › Regions' }).click()
  await tree(page).getByRole('link', { name: 'Microtargets' }).click()
  await expect(page).toHaveURL(/\/control\/microtargets$/)
  await expect(page.getByRole('button', { name: 'Planning › Microtargets' })).toBeVisible()
})

test('addresses from before lead to where things are now', async ({ app, page }) => {
  await signIn(page, app, ADMIN)
  const id = randomUUID()
  for (const [old, now] of [
    ['/settings/people', '/control/users'],
    ['/settings/regions', '/control/regions'],
    ['/settings/microtargets', '/control/microtargets'],
    [`/settings/microtargets?id=${id}`, `/control/microtargets?id=${id}`],
  ] as const) {
    await page.goto(`${app.url}${old}`)
    await expect(page).toHaveURL(`${app.url}${now}`)
  }
  await page.goto(`${app.url}/control/nothing`)
  await expect(page.getByRole('heading', { name: 'There is no such page here' })).toBeVisible()
})

test('whoever may use none of it is told so, and the rail has no way there', async ({ app, page, request }) => {
  await hire(request, app, { name: 'Ann Analyst', email: 'ann@acme.example', role: 'analyst' })
  await signIn(page, app, 'ann@acme.example')
  await expect(page.getByRole('link', { name: 'Control Center' })).toHaveCount(0)
  for (const path of ['/control', '/control/users', '/control/microtargets']) {
    await page.goto(`${app.url}${path}`)
    await expect(page.getByRole('heading', { name: 'The Control Center is for admins' })).toBeVisible()
  }
})

test('two admins at one person: both versions are shown, and what only one changed is kept', async ({ app, context, page, request }) => {
  await hire(request, app, { name: 'Bea Rep', email: 'bea@acme.example', role: 'rep' })
  await signIn(page, app, ADMIN)
  const other = await context.newPage()
  for (const tab of [page, other]) {
    await tab.goto(`${app.url}/control/users`)
    await hydrated(tab)
    await tab.getByRole('row', { name: /Bea Rep/ }).getByRole('button').click()
  }
  const dialog = (tab: import('@playwright/test').Page) => tab.getByRole('dialog', { name: 'Edit person' })
  await dialog(other).getByLabel('Name').fill('Bea Representative')
  await dialog(other).getByRole('button', { name: 'Save' }).click()
  await expect(dialog(other)).toBeHidden()
  await dialog(page).getByLabel('Role').selectOption('analyst')
  await dialog(page).getByRole('button', { name: 'Save' }).click()
  const banner = dialog(page).getByRole('alert')
  await expect(banner).toContainText('Somebody else changed this person since you opened it.')
  await expect(banner).toContainText('Bea Representative')
  await expect(dialog(page).getByLabel('Name'), 'what only they changed is in the form').toHaveValue('Bea Representative')
  await expect(dialog(page).getByLabel('Role'), 'and what was changed here').toHaveValue('analyst')
  await dialog(page).getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('row', { name: /Bea Representative/ })).toContainText('Analyst')
})

test('a form that is refused leads to its first fault and tells all of them', async ({ app, page }) => {
  await signIn(page, app, ADMIN)
  await page.goto(`${app.url}/control/regions`)
  await hydrated(page)
  await page.getByRole('button', { name: 'Add region', exact: true }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Add region' })
  await dialog.getByLabel('Name', { exact: true }).fill('x'.repeat(81))
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog.getByText('The name has 81 characters; at most 80 are kept.')).toBeVisible()
  await expect(dialog.getByText('The short name is missing.')).toBeVisible()
  await expect(dialog.getByLabel('Name', { exact: true })).toBeFocused()
})
