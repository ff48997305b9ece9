// The walls of the house, checked: which crate may know which (docs/ARCHITECTURE.md), SQL in stores only, no view that names a
// service, no api that names a store, no feature that enters another but by its service.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const ground = ['domain']
const below = { wire: ground, kit: [...ground, 'wire'], platform: [...ground, 'wire'] }
const feature = [...ground, 'wire', 'kit', 'platform']
const allowed = {
  domain: [],
  ...below,
  company: feature,
  contacts: feature,
  planner: [...feature, 'company', 'contacts'],
  intake: [...feature, 'company', 'contacts', 'planner'],
  browser: ['kit', 'app'],
  app: [...feature, 'company', 'contacts', 'planner', 'intake'],
  benches: ['domain'],
  // Not linked with what it tortures.
  torture: ['domain'],
}
// What the rules may stand on; Unicode's tables at the server only.
const pure = ['proptest', 'serde', 'serde_json', 'strum', 'thiserror', 'time', 'unicode-normalization', 'uuid']

const broken = []
const run = (program, ...args) => execFileSync(program, args, { encoding: 'utf8', maxBuffer: 64 << 20 })
const metadata = JSON.parse(run('cargo', 'metadata', '--no-deps', '--format-version', '1'))
const short = name => (name === 'cutline' ? 'app' : name.replace(/^cutline-/, ''))
for (const crate of metadata.packages) {
  const name = short(crate.name)
  if (!(name in allowed)) broken.push(`${name} is a crate that the walls don't know: add it to scripts/walls.mjs and docs/ARCHITECTURE.md`)
  for (const dependency of crate.dependencies) {
    const to = short(dependency.name)
    if (dependency.path && !(allowed[name] ?? []).includes(to)) broken.push(`${name} may not know ${to}`)
    if (!dependency.path && name === 'domain' && !pure.includes(dependency.name)) broken.push(`domain is pure: no ${dependency.name}`)
  }
}

// What each file says, without comments, and with `use a::{b, c::{d}};` written out as one path a line, so that no wall can be
// passed in braces.
const files = run('git', 'ls-files', '--cached', '--others', '--exclude-standard', 'crates/*.rs', 'src/*.rs').trim().split('\n')
const paths = text => {
  const [head, inside] = [text.split('{')[0], text.includes('{') ? text.slice(text.indexOf('{') + 1, text.lastIndexOf('}')) : null]
  if (inside === null) return [text.trim()]
  const parts = []
  let depth = 0
  let part = ''
  for (const c of inside) {
    if (c === '{') depth += 1
    if (c === '}') depth -= 1
    if (c === ',' && depth === 0) {
      parts.push(part)
      part = ''
    } else part += c
  }
  return [...parts, part].filter(text => text.trim()).flatMap(text => paths(head.trim() + text.trim()))
}
const lines = path => {
  if (!existsSync(path)) return []
  const text = readFileSync(path, 'utf8').replace(/^\s*\/\/.*$/gm, '')
  const uses = [...text.matchAll(/^\s*(?:pub(?:\([^)]*\))? )?use ([^;]+);/gm)].flatMap(found => {
    const nr = text.slice(0, found.index).split('\n').length
    return paths(found[1].replace(/\s+/g, ' ')).map(used => [nr, `use ${used}::`])
  })
  return [...text.split('\n').map((line, i) => [i + 1, line]), ...uses]
}
const says = (test, pattern, why) => {
  for (const path of files.filter(test)) {
    for (const [nr, line] of lines(path)) if (pattern.test(line)) broken.push(`${path}:${nr} ${why}: ${line.trim()}`)
  }
}
const isStore = path => /\/src\/store(\.rs|\/)/.test(path)
const isPlatform = path => path.startsWith('crates/platform/')
const isTest = path => /\/tests\//.test(path)
const isView = path => /\/src\/view\//.test(path) || path.startsWith('src/shell/')
says(path => !isStore(path) && !isPlatform(path) && !isTest(path), /sqlx::(query|raw_sql)|QueryBuilder|FromRow/, 'SQL outside a store')
says(path => !isStore(path) && !isPlatform(path) && !isTest(path), /"\s*(select|insert into|update|delete from|with recursive) [a-z]/, 'SQL outside a store')
says(isView, /\b(service|store)::/, 'a view that names a service or store')
says(path => /\/src\/(api|rest)\.rs$/.test(path), /\bstore::/, 'an api that names a store')
says(isStore, /\b(service|view|api)::/, 'a store that looks up')
const features = Object.keys(allowed).filter(name => allowed[name].includes('kit') && !['browser', 'app'].includes(name))
says(path => path.startsWith('crates/'), new RegExp(`cutline_(${features.join('|')})::(view|store|api)\\b`), 'a feature enters another by its service only')
says(path => ['platform', 'kit', 'wire'].some(room => path.startsWith(`crates/${room}/`)),
  /cutline_domain::(planner|revenue|segments|rules)\b/, 'a room below the features that knows one of them')

if (broken.length > 0) {
  console.error(broken.join('\n'))
  process.exit(1)
}
