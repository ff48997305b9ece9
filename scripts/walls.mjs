// The walls of the house, checked: which crate may know which (docs/ARCHITECTURE.md), SQL in stores only, no view that names a
// service, no api that names a store.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

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
}
// What the rules may stand on.
const pure = ['proptest', 'serde', 'serde_json', 'strum', 'thiserror', 'time', 'uuid']

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

const files = run('git', 'ls-files', '--cached', '--others', '--exclude-standard', 'crates/*.rs', 'src/*.rs').trim().split('\n')
const says = (test, pattern, why) => {
  for (const path of files.filter(test)) {
    let text
    try { text = readFileSync(path, 'utf8') } catch { continue }
    text.split('\n').forEach((line, nr) => {
      if (pattern.test(line) && !/^\s*\/\//.test(line)) broken.push(`${path}:${nr + 1} ${why}: ${line.trim()}`)
    })
  }
}
const isStore = path => /\/src\/store(\.rs|\/)/.test(path)
const isPlatform = path => path.startsWith('crates/platform/')
const isTest = path => /\/tests\//.test(path)
says(path => !isStore(path) && !isPlatform(path) && !isTest(path), /sqlx::query|QueryBuilder/, 'SQL outside a store')
says(path => /\/src\/view\//.test(path), /\b(service|store)::/, 'a view that names a service or store')
says(path => /\/src\/(api|rest)\.rs$/.test(path), /\bstore::/, 'an api that names a store')
says(path => /\/src\/store(\.rs|\/)/.test(path), /\b(service|view|api)::/, 'a store that looks up')
says(path => path.startsWith('crates/platform/') || path.startsWith('crates/kit/') || path.startsWith('crates/wire/'),
  /cutline_domain::(planner|revenue|segments|rules)\b/, 'a room below the features that knows one of them')

if (broken.length > 0) {
  console.error(broken.join('\n'))
  process.exit(1)
}
