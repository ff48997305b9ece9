// Puts the site together: every file named by its content, so that browsers may keep it for good, and compressed once, here,
// instead of at every request.
//
//   node scripts/site.mjs PARTS PUBLIC SITE
//
// PARTS holds pkg/ (the module, its chunks and glue, which name each other and so share one folder) and cutline.css. SITE gets
// site.json: the version of the whole, the folder of the module, and what each file is called.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join, relative } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const [parts, publicFolder, site] = process.argv.slice(2)
const hash = (...contents) => {
  const sum = createHash('sha256')
  for (const content of contents) sum.update(content)
  return sum.digest('hex').slice(0, 12)
}
const filesBelow = folder =>
  readdirSync(folder, { recursive: true })
    .map(name => join(folder, name))
    .filter(path => statSync(path).isFile())
    .sort()

// What was compressed before is taken from there: brotli at its best takes seconds for the module.
const cache = join(parts, 'compressed')
mkdirSync(cache, { recursive: true })
const fresh = `${site}.new`
rmSync(fresh, { recursive: true, force: true })
const used = new Set()
const write = (path, content) => {
  const target = join(fresh, path)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, content)
  if (['.woff2', '.png'].includes(extname(path))) return
  const kinds = {
    br: () => brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length, [constants.BROTLI_PARAM_LGWIN]: 24 } }),
    gz: () => gzipSync(content, { level: 9 }),
  }
  for (const [ending, compress] of Object.entries(kinds)) {
    const kept = join(cache, `${hash(content)}.${ending}`)
    if (!existsSync(kept)) writeFileSync(kept, compress())
    used.add(basename(kept))
    cpSync(kept, `${target}.${ending}`)
  }
}

const names = {}
for (const path of filesBelow(publicFolder)) {
  const name = relative(publicFolder, path)
  const content = readFileSync(path)
  // Browsers ask for the icon by its plain name.
  if (name === 'favicon.svg') {
    write(name, content)
    continue
  }
  const ending = extname(name)
  names[name] = `${name.slice(0, -ending.length)}.${hash(content)}${ending}`
  write(names[name], content)
}

let css = readFileSync(join(parts, 'cutline.css'), 'utf8')
css = css.replace(/url\((["']?)\/?([^"')]+)\1\)/g, (whole, _, name) => (names[name] ? `url(/${names[name]})` : whole))
names['cutline.css'] = `cutline.${hash(css)}.css`
write(names['cutline.css'], Buffer.from(css))

const module = filesBelow(join(parts, 'pkg'))
const folder = `pkg/${hash(...module.map(path => readFileSync(path)))}`
for (const path of module) write(join(folder, basename(path)), readFileSync(path))

const version = hash(JSON.stringify(names), folder)
writeFileSync(join(fresh, 'site.json'), JSON.stringify({ version, pkg: folder, files: names }, null, 2))
for (const name of readdirSync(cache)) if (!used.has(name)) rmSync(join(cache, name))

// A site that is the same stays as it is, with its times, so that nothing is compiled for it again.
const before = existsSync(join(site, 'site.json')) ? readFileSync(join(site, 'site.json'), 'utf8') : ''
if (before === readFileSync(join(fresh, 'site.json'), 'utf8')) {
  rmSync(fresh, { recursive: true })
} else {
  rmSync(site, { recursive: true, force: true })
  renameSync(fresh, site)
}
