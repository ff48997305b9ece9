// The main job from end to end: define a microtarget, open its cycle, draw borders, enable, decide, transfer.
import { App, ADMIN, expect, ready, setBorder, signIn, test } from '../support/app'
import { REGIONS, between, id, world } from '../support/world'

const SIZE = 3000

test('from loaded contacts to official classes', async ({ browser, page, request }) => {
  test.setTimeout(60_000)
  const app = await App.start()
  await world(request, app, SIZE)

  await test.step('an admin opens the cycle', async () => {
    await signIn(page, app, ADMIN)
    await page.getByRole('button', { name: 'Open cycle' }).first().click()
    await page.getByRole('dialog').getByLabel(/name/i).fill('2026 H2')
    await page.getByRole('dialog').getByRole('button', { name: 'Open cycle' }).click()
    await ready(page)
    await expect(page.getByRole('list', { name: 'Cycle state' }).locator('[aria-current=step]')).toHaveText('Collecting')
  })

  await test.step('borders are drawn, and everything answers', async () => {
    await page.getByRole('button', { name: 'Start borders' }).click()
    await expect(page.getByRole('button', { name: 'Save draft' })).toBeVisible()
    await setBorder(page, 'A', '800')
    await setBorder(page, 'B', '200')
    await setBorder(page, 'C', '50')
    const counts = [between(SIZE, 800, 1e9), between(SIZE, 200, 800), between(SIZE, 50, 200), between(SIZE, 0, 50)]
    for (const [row, count] of counts.entries()) {
      await expect(page.locator('.classes__table tbody tr').nth(row).locator('td').nth(3)).toHaveText(count.toLocaleString('en'))
    }
    await expect(page.getByRole('row', { name: /Class A/ }).first()).toContainText(counts[0].toLocaleString('en'))
    const ring = page.getByRole('figure', { name: 'Planned versus current' }).getByRole('img').first()
    const before = await ring.getAttribute('aria-label')
    const slider = page.getByRole('slider', { name: 'Border between A and B' })
    const box = (await slider.boundingBox())!
    await page.mouse.move(box.x + box.width / 2, box.y + 60)
    await page.mouse.down()
    await page.mouse.move(box.x - 60, box.y + 60, { steps: 8 })
    await expect(ring).not.toHaveAttribute('aria-label', before!)
    await page.mouse.up()
    await expect(slider).not.toHaveAttribute('aria-valuenow', '800')
    await setBorder(page, 'A', '800')
    await page.getByRole('button', { name: 'Save draft' }).click()
    await expect(page.getByText('Draft saved as version 1')).toBeVisible()
    expect(app.sql('select count(*) from item where proposed_class is not null')).toBe('0')
    await page.getByRole('button', { name: 'Save and enable for approval' }).click()
    await expect(page.getByText('Enabled for approval')).toBeVisible()
    await expect(page.getByRole('list', { name: 'Cycle state' }).locator('[aria-current=step]')).toHaveText('Approving')
    expect(app.sql('select count(*) from item where proposed_class = 3')).toBe(String(counts[0]))
  })

  const cycle = page.url()
  for (const region of REGIONS) {
    await test.step(`${region}'s manager decides on ${region}, and on nothing else`, async () => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
      const own = await context.newPage()
      await signIn(own, app, `${region.toLowerCase()}@acme.example`)
      await own.getByRole('link', { name: /Approvals/ }).click()
      await own.getByRole('link', { name: /Decide|Cardiolin/ }).first().click()
      await ready(own)
      const rows = own.getByRole('row', { level: 3 })
      await rows.nth(0).getByRole('checkbox').click()
      await rows.nth(1).getByRole('checkbox').click()
      await own.getByRole('toolbar').getByRole('button', { name: 'Reject' }).click()
      await own.getByRole('dialog').getByLabel('Reason').fill('Retires this year')
      await own.getByRole('dialog').getByRole('button', { name: 'Reject 2 items' }).click()
      await expect(own.getByText('2 rejected', { exact: true })).toBeVisible()
      await own.getByRole('row', { level: 3 }).filter({ hasText: 'In progress' }).first().getByRole('checkbox').click()
      await own.getByRole('toolbar').getByRole('button', { name: 'Override' }).click()
      await own.getByRole('dialog').locator('label', { hasText: 'D' }).first().click()
      await own.getByRole('dialog').getByLabel('Reason').fill('Field knowledge')
      await own.getByRole('dialog').getByRole('button', { name: 'Override 1 item' }).click()
      await expect(own.getByText('1 overridden', { exact: true })).toBeVisible()
      await own.getByRole('button', { name: 'Approve all' }).click()
      await expect(own.getByText(`${(SIZE / 3 - 2).toLocaleString('en')} accepted`, { exact: true })).toBeVisible()
      await expect(own.getByRole('button', { name: 'Approve all' })).toHaveAttribute('aria-disabled', 'true')
      await context.close()
      const decided = app.sql(`select string_agg(distinct r.code, ',') from item i join contact c using (company_id, contact_id)
        join region r using (company_id, region_id) where i.status <> 'in_progress'`)
      expect(decided.split(',').sort()).toEqual(REGIONS.slice(0, REGIONS.indexOf(region) + 1).sort())
      expect(app.sql('select count(*) from general_classification')).toBe('0')
    })
  }

  await test.step('the admin transfers, and exactly the accepted classes become official', async () => {
    await page.goto(cycle)
    await ready(page)
    await page.getByRole('button', { name: 'Transfer' }).click()
    await page.getByRole('dialog').getByRole('button', { name: `Transfer ${(SIZE - 6).toLocaleString('en')} items` }).click()
    await expect(page.getByText('Transferred on')).toBeVisible()
    const wrong = app.sql(`select count(*) from item i join cycle_class k on k.company_id = i.company_id and k.cycle_id = i.cycle_id
        and k.position = coalesce(i.override_class, i.proposed_class)
      full join general_classification g on g.company_id = i.company_id and g.contact_id = i.contact_id
      where (i.status = 'accepted') <> (g.contact_id is not null) or (i.status = 'accepted' and g.class_label <> k.label)`)
    expect(wrong).toBe('0')
    expect(app.sql('select count(*) from general_classification')).toBe(String(SIZE - 6))
  })

  await test.step('a contact shows its history', async () => {
    await page.getByLabel('Search name or id').fill(id(3))
    await expect(page.getByRole('row', { level: 3 })).toHaveCount(1)
    await page.getByRole('treegrid').focus()
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('complementary', { name: 'Item' })).toContainText('Official class none →')
  })
  await app.stop()
})
