import type { BlobRef, CreateScenarioOutcome, NewScenario, Page, Scenario, ScenarioCatalog, ScenarioFindings } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import type { Selectable, Updateable } from 'kysely'
import { failureIn, failureText, known, sequenceIn } from './rows.ts'
import { rowsPerInsert } from './notes.ts'
import type { CatalogTables, Db } from './schema.ts'
import type { Store } from './store.ts'

type ScenarioRow = Selectable<CatalogTables['scenarios']>

export function scenarioCatalog(store: Store): ScenarioCatalog {
  return {
    create: (request) => create(store, request),
    get: (tenant, id) =>
      store.read(async (db) => {
        const row = await one(db, tenant, id).executeTakeFirst()
        return row === undefined ? undefined : scenarioOf(row)
      }),
    list: (query) => list(store, query),
    update: (tenant, id, change) => update(store, tenant, id, change),
    remove: (tenant, id, options = {}) => remove(store, tenant, id, options.ifRevision),
  }
}

const one = (db: Db, tenant: string, id: string) => db.selectFrom('scenarios').selectAll().where('tenant', '=', tenant).where('id', '=', id)

async function create(store: Store, request: NewScenario): Promise<CreateScenarioOutcome> {
  const { id, tenant, requestId, uri, displayName = '', state = 'checking', files = [], manifest } = request
  return store.transaction(async (db) => {
    const row = await db
      .insertInto('scenarios')
      .values({
        ...{ id, tenant, request_id: requestId ?? null, uri, display_name: displayName, state, revision: 1, created_at: store.flavour.now },
        ...{ cameras: '[]', controls: '[]' },
        ...columnsOf(request),
      })
      .onConflict((oc) => oc.doNothing())
      .returningAll()
      .executeTakeFirst()
    if (row !== undefined) {
      await keep(db, row.seq, manifest, files)
      return { outcome: 'created', scenario: scenarioOf(row) }
    }
    const before = requestId === undefined ? undefined : await byRequest(db, tenant, requestId)
    if (before === undefined) return { outcome: 'conflict', differs: ['id'] }
    const differs = differences(before, request)
    return differs.length > 0 ? { outcome: 'conflict', differs } : { outcome: 'existing', scenario: scenarioOf(before) }
  })
}

const byRequest = (db: Db, tenant: string, requestId: string) =>
  db.selectFrom('scenarios').selectAll().where('tenant', '=', tenant).where('request_id', '=', requestId).executeTakeFirst()

/** An upload gets its URI from the server, a new one each time: what tells two uploads apart is their list of files. */
function differences(row: ScenarioRow, request: NewScenario): string[] {
  const uploaded = [row.uri, request.uri].every((uri) => uri.startsWith('upload:'))
  return [
    ...(!uploaded && row.uri !== request.uri ? ['uri'] : []),
    ...(row.display_name !== (request.displayName ?? '') ? ['display_name'] : []),
    ...(uploaded && manifestIn(row)?.sha256 !== request.manifest?.sha256 ? ['files'] : []),
  ]
}

async function list(store: Store, query: Parameters<ScenarioCatalog['list']>[0]): Promise<Page<Scenario>> {
  const { tenant, states, format, createdFrom, createdBefore, oldestFirst = false, size } = query
  if (states?.length === 0) return { items: [] }
  const after = query.after === undefined ? undefined : sequenceIn(query.after)
  const rows = await store.read((db) =>
    db
      .selectFrom('scenarios')
      .selectAll()
      .where('tenant', '=', tenant)
      .$if(states !== undefined, (q) => q.where('state', 'in', states ?? []))
      .$if(format !== undefined, (q) => q.where('format', '=', format ?? ''))
      .$if(createdFrom !== undefined, (q) => q.where('created_at', '>=', createdFrom ?? 0))
      .$if(createdBefore !== undefined, (q) => q.where('created_at', '<', createdBefore ?? 0))
      .$if(after !== undefined, (q) => q.where('seq', oldestFirst ? '>' : '<', after ?? 0))
      .orderBy('seq', oldestFirst ? 'asc' : 'desc')
      .limit(size + 1)
      .execute(),
  )
  const items = rows.slice(0, size).map(scenarioOf)
  return rows.length > size ? { items, next: String(rows[size - 1]?.seq) } : { items }
}

async function locked(store: Store, db: Db, tenant: string, id: string, ifRevision: number | undefined): Promise<ScenarioRow> {
  const query = one(db, tenant, id)
  const row = await (store.flavour.locksRows ? query.forUpdate() : query).executeTakeFirst()
  if (row === undefined) throw new VirgaError('VIRGA_NOT_FOUND', `no scenario ${id}`, { field: 'name' })
  if (ifRevision !== undefined && row.revision !== ifRevision) {
    const expected = `revision ${row.revision}; read it again`
    throw new VirgaError('VIRGA_CONFLICT', `scenario ${id} has changed since revision ${ifRevision}`, { field: 'etag', expected })
  }
  return row
}

async function update(store: Store, tenant: string, id: string, change: Parameters<ScenarioCatalog['update']>[2]): Promise<Scenario> {
  return store.transaction(async (db) => {
    const row = await locked(store, db, tenant, id, change.ifRevision)
    const failure = change.failure === undefined ? (change.state === 'ready' ? null : row.failure) : failureText(change.failure)
    const values = { ...columnsOf(change), state: change.state ?? row.state, failure, revision: row.revision + 1 }
    const changed = await db.updateTable('scenarios').set(values).where('seq', '=', row.seq).returningAll().executeTakeFirstOrThrow()
    if (change.files !== undefined || change.manifest !== undefined) {
      if (change.files !== undefined) await db.deleteFrom('scenario_blobs').where('scenario_seq', '=', row.seq).execute()
      await keep(db, row.seq, manifestIn(changed), change.files ?? [])
    }
    return scenarioOf(changed)
  })
}

async function remove(store: Store, tenant: string, id: string, ifRevision: number | undefined): Promise<void> {
  await store.transaction(async (db) => {
    const row = await locked(store, db, tenant, id, ifRevision)
    const user = await db
      .selectFrom('augmentations')
      .select('id')
      .where('tenant', '=', tenant)
      .where('scenario', '=', id)
      .where('ended_at', 'is', null)
      .executeTakeFirst()
    if (user !== undefined) {
      const expected = 'one that no unfinished augmentation uses'
      throw new VirgaError('VIRGA_WRONG_STATE', `scenario ${id} is used by augmentation ${user.id}`, { field: 'name', expected })
    }
    await db.deleteFrom('scenario_blobs').where('scenario_seq', '=', row.seq).execute()
    await db.deleteFrom('scenarios').where('seq', '=', row.seq).execute()
  })
}

/**
 * Holds a registered scenario until the end of the transaction, so that it is not removed while an augmentation of it is being made.
 *
 * @throws VirgaError VIRGA_NOT_FOUND; VIRGA_WRONG_STATE when it is not ready
 */
export async function holdScenario(store: Store, db: Db, tenant: string, id: string): Promise<void> {
  const query = db.selectFrom('scenarios').select('state').where('tenant', '=', tenant).where('id', '=', id)
  const row = await (store.flavour.locksRows ? query.forShare() : query).executeTakeFirst()
  if (row === undefined) throw new VirgaError('VIRGA_NOT_FOUND', `no scenario ${id}`, { field: 'scenario' })
  if (row.state === 'ready') return
  throw new VirgaError('VIRGA_WRONG_STATE', `scenario ${id} is ${row.state}`, { field: 'scenario', expected: 'one that is ready' })
}

async function keep(db: Db, scenario_seq: number, manifest: BlobRef | undefined, files: readonly BlobRef[]): Promise<void> {
  const digests = new Set([...(manifest === undefined ? [] : [manifest]), ...files].map(({ sha256 }) => sha256))
  const rows = [...digests].sort().map((sha256) => ({ scenario_seq, sha256 }))
  for (let from = 0; from < rows.length; from += rowsPerInsert) {
    await db
      .insertInto('scenario_blobs')
      .values(rows.slice(from, from + rowsPerInsert))
      .onConflict((oc) => oc.doNothing())
      .execute()
  }
}

/** The columns of what is given; the others are left alone. */
function columnsOf(found: ScenarioFindings): Updateable<CatalogTables['scenarios']> {
  const { format, licence, sha256, durationUs, cameras, controls, manifest } = found
  return {
    ...(format === undefined ? {} : { format }),
    ...(licence === undefined ? {} : { licence }),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(durationUs === undefined ? {} : { duration_us: Math.round(durationUs) }),
    ...(cameras === undefined ? {} : { cameras: JSON.stringify(cameras) }),
    ...(controls === undefined ? {} : { controls: JSON.stringify(controls) }),
    ...(manifest === undefined ? {} : { manifest: JSON.stringify(manifest) }),
  }
}

const manifestIn = ({ manifest }: Pick<ScenarioRow, 'manifest'>): BlobRef | undefined =>
  manifest === null ? undefined : (JSON.parse(manifest) as BlobRef)

function scenarioOf(row: ScenarioRow): Scenario {
  const manifest = manifestIn(row)
  return {
    id: row.id,
    tenant: row.tenant,
    ...(row.request_id === null ? {} : { requestId: row.request_id }),
    uri: row.uri,
    displayName: row.display_name,
    state: row.state as Scenario['state'],
    ...failureIn(row.failure),
    ...known('format', row.format),
    ...known('licence', row.licence),
    ...known('sha256', row.sha256),
    ...known('durationUs', row.duration_us),
    cameras: JSON.parse(row.cameras) as Scenario['cameras'],
    controls: JSON.parse(row.controls) as string[],
    ...(manifest === undefined ? {} : { manifest }),
    createdAt: row.created_at,
    revision: row.revision,
  }
}
