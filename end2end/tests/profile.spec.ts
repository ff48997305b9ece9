// One's own profile: name, password and sessions; and a password that was given, which leads to one's own.
import { randomUUID } from 'node:crypto'
import { ADMIN, PASSWORD, call, expect, hydrated, signIn, test } from '../support/app'

test.use({ world: 'profile' })

const NEW = 'battery staple horse'

async function add(request: import('@playwright/test').APIRequestContext, app: import('../support/app').App, local: string) {
  await call(request, app, 'sign-in', { email: ADMIN, password: PASSWORD })
  const form = { id: null, version: 0, name: `Bea ${local}`, email: `${local}@acme.example`, role: 'analyst', regions: [], password: PASSWORD }
  await call(request, app, 'company/person/save', { form, key: randomUUID() })
}

test('the profile changes name and password and ends sessions', async ({ app, browser, page, request }) => {
  await add(request, app, 'profile')
  await signIn(page, app, 'profile@acme.example')
  const elsewhere = await browser.newContext()
  const other = await elsewhere.newPage()
  await signIn(other, app, 'profile@acme.example')
  await page.getByRole('button', { name: 'Bea profile, account' }).click()
  await page.getByRole('link', { name: 'Your profile' }).click()
  await expect(page).toHaveURL(/\/profile$/)
  const sessions = page.getByRole('region', { name: 'Where you are signed in' })
  await expect(sessions.getByRole('listitem')).toHaveCount(2)
  await expect(sessions.getByText('this one')).toHaveCount(1)
  await sessions.getByRole('button', { name: /^End Chrome/ }).click()
  await expect(sessions.getByRole('listitem')).toHaveCount(1)
  await other.goto(`${app.url}/approvals`)
  await expect(other).toHaveURL(/sign-in/)
  await elsewhere.close()
  const password = page.getByRole('region', { name: 'Password', exact: true })
  await password.getByLabel('Present password').fill('not the password')
  await password.getByLabel('New password').fill(NEW)
  await password.getByRole('button', { name: 'Change password' }).click()
  await expect(password.getByText('This is not your present password.')).toBeVisible()
  await password.getByLabel('Present password').fill(PASSWORD)
  await password.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText('Password changed')).toBeVisible()
  const identity = page.getByRole('region', { name: 'Name and e-mail' })
  await expect(identity.getByLabel('Your password')).toHaveCount(0)
  await identity.getByLabel('Name').fill('Bea Profiled')
  await identity.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: 'Bea Profiled, account' })).toBeVisible()
})

test('a password that an admin gave leads to one’s own', async ({ app, page, request, browser }) => {
  await add(request, app, 'given')
  await signIn(page, app, ADMIN)
  await page.goto(`${app.url}/control/users`)
  await hydrated(page)
  await page.getByRole('row', { name: /Bea given/ }).getByRole('button').click()
  const dialog = page.getByRole('dialog', { name: 'Edit person' })
  await dialog.getByRole('button', { name: 'Generate' }).click()
  const given = await dialog.getByLabel('One-time password').inputValue()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()
  const theirs = await (await browser.newContext()).newPage()
  await theirs.goto(`${app.url}/approvals`)
  await theirs.getByLabel('E-mail').fill('given@acme.example')
  await theirs.getByLabel('Password').fill(given)
  await theirs.getByRole('button', { name: 'Sign in' }).click()
  await expect(theirs.getByRole('heading', { name: 'A password of your own' })).toBeVisible()
  await hydrated(theirs)
  await theirs.getByLabel('New password').fill(NEW)
  await theirs.getByRole('button', { name: 'Set password' }).click()
  await expect(theirs.getByRole('navigation', { name: 'Main' })).toBeVisible()
  await expect(theirs).toHaveURL(/\/approvals$/)
  await theirs.context().close()
})

test('an admin finds their own account on their profile', async ({ app, page }) => {
  await signIn(page, app, ADMIN)
  await page.goto(`${app.url}/control/users`)
  await hydrated(page)
  await page.getByRole('row', { name: /you/ }).getByRole('button').click()
  const dialog = page.getByRole('dialog', { name: 'Edit person' })
  await expect(dialog.getByText('This is your own account')).toBeVisible()
  await expect(dialog.getByLabel('Name')).toHaveCount(0)
  await expect(dialog.getByLabel('Role')).toBeVisible()
})
