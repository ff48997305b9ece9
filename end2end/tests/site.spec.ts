// The site as browsers load it: chunks when they are needed, and a page that says so when it is older than the server or
// when a part of it can't be fetched.
import { ADMIN, expect, hydrated, signIn, test } from '../support/app'

test.use({ world: 'site' })


test('a page of another system is a chunk that comes when it is opened', async ({ app, page }) => {
  await signIn(page, app, ADMIN)
  await expect(page.getByRole('heading', { level: 1, name: 'Planner' })).toBeVisible()
  const chunks: string[] = []
  page.on('request', (request) => {
    if (/chunk_\d+\.wasm|split.*\.wasm/.test(request.url())) chunks.push(request.url())
  })
  await page.getByRole('link', { name: 'Control Center' }).click()
  await expect(page.getByRole('heading', { name: 'Regions' }).first()).toBeVisible()
  expect(chunks.length, 'the Control Center’s pages were not there yet').toBeGreaterThan(0)
  const before = chunks.length
  await page.goBack()
  await page.getByRole('link', { name: 'Control Center' }).click()
  await expect(page.getByRole('heading', { name: 'Regions' }).first()).toBeVisible()
  expect(chunks.length, 'they stay').toBe(before)
})

test('a page that is older than the server offers to reload', async ({ app, page }) => {
  await signIn(page, app, ADMIN)
  const message = page.getByText('Cutline was updated.')
  await page.getByRole('link', { name: 'Control Center' }).click()
  await page.evaluate(() => dispatchEvent(new Event('focus')))
  await page.waitForTimeout(500)
  await expect(message, 'the versions are the same').toHaveCount(0)
  await page.route('**/version', (route) => route.fulfill({ body: 'another-version' }))
  await page.evaluate(() => dispatchEvent(new Event('focus')))
  await expect(message).toBeVisible()
  await page.unroute('**/version')
  await page.getByRole('button', { name: 'Reload' }).click()
  await hydrated(page)
  await expect(message).toHaveCount(0)
})

test('going to another page asks for the version too', async ({ app, page }) => {
  await signIn(page, app, ADMIN)
  await page.route('**/version', (route) => route.fulfill({ body: 'another-version' }))
  await page.getByRole('link', { name: 'Control Center' }).click()
  await expect(page.getByText('Cutline was updated.')).toBeVisible()
})

test('a part that cannot be fetched is said, and trying again mends it', async ({ app, browser }) => {
  // A context of its own: the script that fetches complains in the console, and rightly.
  const context = await browser.newContext()
  const page = await context.newPage()
  const stopped = page.getByRole('alert').filter({ hasText: 'This page stopped.' })
  await signIn(page, app, ADMIN)
  await context.setOffline(true)
  await page.getByRole('link', { name: 'Control Center' }).click()
  await expect(page.getByRole('heading', { name: 'This page could not be loaded' })).toBeVisible()
  await context.setOffline(false)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('heading', { name: 'Control Center' })).toBeVisible()
  await page.getByRole('link', { name: 'Microtargets' }).click()
  await expect(page).toHaveURL(/microtargets$/)
  await expect(stopped, 'nothing has stopped').toBeHidden()
  await context.close()
})

test('a page whose program stopped says so and offers to reload', async ({ app, page }) => {
  await signIn(page, app, ADMIN)
  const stopped = page.getByRole('alert').filter({ hasText: 'This page stopped.' })
  await expect(stopped).toBeHidden()
  // What the program's last words are.
  await page.evaluate(() => dispatchEvent(new Event('cutline:stopped')))
  await expect(stopped).toBeVisible()
  await page.getByRole('link', { name: 'Reload' }).click()
  await expect(stopped).toBeHidden()
  await hydrated(page)
})
