// What the first load of a page weighs, in bytes as sent (brotli); fails above the limit.
//
//   node scripts/first-load.mjs SITE [LAZY-FUNCTION]
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Bytes that the first page may weigh. */
const LIMIT = 700_000

const [site, page = 'cycle'] = process.argv.slice(2)
const index = JSON.parse(readFileSync(join(site, 'site.json'), 'utf8'))
const manifest = JSON.parse(readFileSync(join(site, index.pkg, '__wasm_split_manifest.json'), 'utf8'))
const chunks = manifest[page]
const pkg = name => join(index.pkg, name)
const named = name => index.files[name]
const files = [
  ['module', pkg('cutline_bg.wasm')],
  ...chunks.map(name => ['its chunks', pkg(`${name}.wasm`)]),
  ['glue', pkg('cutline.js')],
  ['glue', pkg('__wasm_split.______________________.js')],
  ['style', named('cutline.css')],
  ['typeface', named('fonts/inter-latin-wght-normal.woff2')],
  ['icons', named('icons.svg')],
  ...(page === 'cycle' ? [['chart script', named('echarts.js')]] : []),
]
const sums = {}
for (const [what, path] of files) {
  const sent = existsSync(join(site, `${path}.br`)) ? `${path}.br` : path
  sums[what] = (sums[what] ?? 0) + statSync(join(site, sent)).size
}
for (const [what, bytes] of Object.entries(sums)) console.log(`${what.padEnd(14)}${(bytes / 1000).toFixed(1).padStart(8)} KB`)
const together = Object.values(sums).reduce((a, b) => a + b)
console.log(`${'together'.padEnd(14)}${(together / 1000).toFixed(1).padStart(8)} KB`)
if (together > LIMIT) {
  console.error(`More than ${LIMIT / 1000} KB: docs/PERFORMANCE.md says how to find what weighs.`)
  process.exit(1)
}
