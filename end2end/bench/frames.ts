// Measures, judges nothing: the table goes to docs/PERFORMANCE.md.
import { ADMIN, App, ready, signIn, test } from '../support/app'
import { cycle, world } from '../support/world'

const ITEMS = Number(process.env.ITEMS ?? 200_000)

test('frame times while dragging', async ({ page, request }) => {
  const app = await App.start()
  const open = await cycle(request, app, await world(request, app, ITEMS), 'drafting')
  await signIn(page, app, ADMIN)
  await page.goto(`${app.url}/cycles/${open}`)
  await ready(page)
  await page.getByRole('treegrid').getByText(/^HCP-/).first().waitFor()
  const slider = page.getByRole('slider', { name: 'Border between B and C' })
  const box = (await slider.boundingBox())!
  const plot = (await page.locator('.hist__plot').boundingBox())!
  // One pointer event a frame, sent from inside the page so that the test's own transport isn't measured. Work: from the
  // event to the end of the scripts, styles and layout it causes. Frames: from one animation frame to the next.
  const times = await slider.evaluate(
    async (element, { from, low, high, y }) => {
      const frames: number[] = []
      const work: number[] = []
      const fire = (type: string, x: number) =>
        element.dispatchEvent(new PointerEvent(type, { bubbles: true, cancelable: true, pointerId: 1, button: 0, clientX: x, clientY: y }))
      element.setPointerCapture = () => {}
      fire('pointerdown', from)
      let last = await new Promise<number>(requestAnimationFrame)
      for (let i = 0; i < 600; i += 1) {
        const swing = (1 - Math.cos((i / 600) * Math.PI * 6)) / 2
        const start = performance.now()
        fire('pointermove', low + (high - low) * swing)
        await Promise.resolve()
        document.body.getBoundingClientRect()
        work.push(performance.now() - start)
        const now = await new Promise<number>(requestAnimationFrame)
        frames.push(now - last)
        last = now
      }
      fire('pointerup', from)
      return { frames, work }
    },
    { from: box.x + 12, low: plot.x + plot.width * 0.3, high: plot.x + plot.width * 0.62, y: box.y + 40 },
  )
  const show = (name: string, values: number[]) => {
    const sorted = [...values].sort((a, b) => a - b)
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1)
    console.log(`${name.padEnd(34)} ${at(0.5).padStart(9)} ${at(0.95).padStart(9)} ${at(1).padStart(9)}`)
  }
  console.log(`\n${`${ITEMS.toLocaleString('en')} items, 600 moves, ms`.padEnd(34)} ${'median'.padStart(9)} ${'p95'.padStart(9)} ${'longest'.padStart(9)}`)
  show('work per move (script and layout)', times.work)
  show('frame to frame', times.frames)
  await app.stop()
})
