// A made-up company of any size, told by a rule so that tests know every number: contact i has claims as given by
// `claims(i)` and lives in region CA, NV or TX in turn.
import type { APIRequestContext } from '@playwright/test'
import { randomUUID } from 'node:crypto'
import { ADMIN, type App, PASSWORD, call, hire } from './app'

export const REGIONS = ['CA', 'NV', 'TX']

/** Heavy-tailed and full of ties: 1, 2, 4, … with whole steps between. */
export function claims(i: number): number {
  return Math.floor(20 * 1.6 ** (i % 10)) + (i % 7)
}

/** How many of the first `n` contacts fall in [from, to). */
export function between(n: number, from: number, to: number, region?: string): number {
  let count = 0
  for (let i = 0; i < n; i += 1) {
    const inside = claims(i) >= from && claims(i) < to
    if (inside && (!region || REGIONS[i % 3] === region)) count += 1
  }
  return count
}

export function id(i: number): string {
  return `HCP-${String(i).padStart(5, '0')}`
}

export interface World {
  definition: string
  size: number
}

/** Contacts, measures, a regional manager per region (ca@…, nv@…, tx@…), an analyst, and a definition. */
export async function world(request: APIRequestContext, app: App, size: number): Promise<World> {
  const lines = Array.from({ length: size }, (_, i) => `${id(i)},Person ${id(i).slice(4)},Cardiology,${REGIONS[i % 3]}`)
  app.load('contacts', `external_id,name,specialty,region\n${lines.join('\n')}\n`, '--create-missing')
  const values = Array.from({ length: size }, (_, i) => `${id(i)},${claims(i)}`)
  app.load('measures', `external_id,claims\n${values.join('\n')}\n`)
  await call(request, app, 'sign-in', { email: ADMIN, password: PASSWORD })
  const regions = await call<{ id: string; code: string }[]>(request, app, 'company/regions', {})
  for (const { id: region, code } of regions) {
    const email = `${code.toLowerCase()}@acme.example`
    await hire(request, app, { name: `Manager ${code}`, email, role: 'regional_manager', regions: [region] })
  }
  await hire(request, app, { name: 'Ines Analyst', email: 'analyst@acme.example', role: 'analyst' })
  const classes = [['D', 3500], ['C', 3500], ['B', 2000], ['A', 1000]].map(([label, planned]) => {
    return { label, colour: null, planned, calls_per_year: null }
  })
  const form = {
    id: null, version: 0, product: 'Cardiolin', kind: 'person', specialties_label: 'Cardiology',
    specialties: ['Cardiology'], measure: 'claims', classes,
  }
  const definition = await call<string>(request, app, 'planner/definition/save', { form, key: randomUUID() })
  return { definition, size }
}

/** Opens a cycle and takes it to a state, the borders at 50, 200 and 800. */
export async function cycle(
  request: APIRequestContext, app: App, of: World, state: 'collecting' | 'drafting' | 'approving',
): Promise<string> {
  await call(request, app, 'sign-in', { email: ADMIN, password: PASSWORD })
  const asked = { definition: of.definition, name: '2026 H2', key: randomUUID() }
  const { cycle: opened } = await call<{ cycle: string }>(request, app, 'planner/cycle/open', asked)
  const seen = () => ({ revision: 0, key: randomUUID() })
  if (state !== 'collecting') await call(request, app, 'planner/cycle/start-borders', { id: opened, seen: seen() })
  if (state === 'approving') {
    const borders = { cycle: opened, seen: seen(), seen_draft: null, borders: [5000, 20_000, 80_000], planned: [3500, 3500, 2000, 1000] }
    await call(request, app, 'planner/cycle/enable', { request: borders })
  }
  return opened
}

/** Ends whatever cycle a test left open, so that the next can open its own. */
export async function finish(request: APIRequestContext, app: App, id: string) {
  await call(request, app, 'sign-in', { email: ADMIN, password: PASSWORD })
  const view = await call<{ state: string; revision: number }>(request, app, 'planner/cycle/view', { id })
  const seen = () => ({ revision: view.revision, key: randomUUID() })
  if (view.state === 'approving') {
    await call(request, app, 'planner/cycle/transfer', { id, accepted_only: true, seen: seen() })
  }
}
