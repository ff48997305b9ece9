// Scrolling by wheel steps beside AG Grid Community, with as many rows of the same columns, in the same Chromium and the same
// run. Measures, judges nothing: the table goes to docs/PERFORMANCE.md.
import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { ADMIN, App, ready, signIn, test } from '../support/app'
import { claims, cycle, id, world } from '../support/world'

const ITEMS = Number(process.env.ITEMS ?? 200_000)
const STEPS = 200
/** Pixels of a fast turn of the wheel. */
const STEP = 800

interface Times {
  frames: number[]
}

/** Scrolls an element by the wheel's steps, one a frame, down and up again. */
async function scroll(page: Page, selector: string): Promise<Times> {
  return page.locator(selector).evaluate(
    async (element, { steps, step }) => {
      const frames: number[] = []
      let last = await new Promise<number>(requestAnimationFrame)
      for (let i = 0; i < steps; i += 1) {
        element.scrollTop += i < steps / 2 ? step : -step
        const now = await new Promise<number>(requestAnimationFrame)
        frames.push(now - last)
        last = now
      }
      return { frames }
    },
    { steps: STEPS, step: STEP },
  )
}

/** From one action to the frame after what it drew. */
async function until(page: Page, act: () => Promise<void>, shows: () => Promise<unknown>): Promise<number> {
  const start = Date.now()
  await act()
  await shows()
  await page.evaluate(() => new Promise(requestAnimationFrame))
  return Date.now() - start
}

function show(name: string, values: number[]) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(1)
  console.log(`${name.padEnd(34)} ${at(0.5).padStart(9)} ${at(0.95).padStart(9)} ${at(1).padStart(9)}`)
}

/** AG Grid over rows of the same columns, made in the page. */
async function other(page: Page) {
  await page.setContent('<div id="grid" style="height:800px"></div>')
  await page.addScriptTag({ content: readFileSync('node_modules/ag-grid-community/dist/ag-grid-community.min.js', 'utf8') })
  const rows = Array.from({ length: ITEMS }, (_, i) => [id(i), claims(i), ['CA', 'NV', 'TX'][i % 3]] as const)
  await page.evaluate((rows) => {
    const field = (name: string) => ({ field: name, sortable: true })
    const columns = ['name', 'id', 'specialty', 'region', 'claims', 'current', 'override', 'status']
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    const { createGrid } = (window as any).agGrid
    const rowData = rows.map(([id, claims, region]) => ({
      name: `Person ${id}`, id, specialty: 'Cardiology', region, claims, current: '–', override: '', status: 'In progress',
    }))
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    ;(window as any).api = createGrid(document.getElementById('grid'), {
      columnDefs: columns.map(field), rowData, rowHeight: 34, animateRows: false, suppressColumnVirtualisation: true,
    })
  }, rows)
  await page.getByText(id(0), { exact: true }).first().waitFor()
}

test('scrolling and sorting beside AG Grid', async ({ page, request, context }) => {
  const app = await App.start()
  const open = await cycle(request, app, await world(request, app, ITEMS), 'drafting')
  await signIn(page, app, ADMIN)
  await page.goto(`${app.url}/cycles/${open}?group=none`)
  await ready(page)
  await page.getByRole('treegrid').getByText(/^HCP-/).first().waitFor()
  const ours = await scroll(page, '.grid')
  const first = () => page.getByRole('row', { level: 3 }).first()
  const sorted = await until(
    page,
    () => page.getByRole('columnheader', { name: 'Claims' }).getByRole('button').click(),
    () => first().getByText('20', { exact: true }).waitFor(),
  )
  const regrouped = await until(
    page,
    () => page.goto(`${page.url().split('?')[0]}?group=status`).then(() => undefined),
    () => page.getByRole('row', { name: /In progress/ }).first().waitFor(),
  )
  const beside = await context.newPage()
  await other(beside)
  const theirs = await scroll(beside, '.ag-body-viewport, .ag-grid-viewport')
  const theirSort = await until(
    beside,
    () => beside.locator('.ag-header-cell', { hasText: 'claims' }).click(),
    () => beside.locator('.ag-row').first().waitFor(),
  )
  const title = `${ITEMS.toLocaleString('en')} rows, ${STEPS} wheel steps of ${STEP} px, ms`
  console.log(`\n${title.padEnd(34)} ${'median'.padStart(9)} ${'p95'.padStart(9)} ${'longest'.padStart(9)}`)
  show('Cutline, frame to frame', ours.frames)
  show('AG Grid Community', theirs.frames)
  console.log(`sorted by a column: Cutline ${sorted} ms, AG Grid ${theirSort} ms; page opened grouped by status: ${regrouped} ms`)
  await app.stop()
})
