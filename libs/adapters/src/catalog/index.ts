export { openPostgresCatalog, type PostgresCatalogOptions } from './postgres/open-postgres-catalog.ts'
export { openSqliteCatalog, type SqliteCatalogOptions } from './sqlite/open-sqlite-catalog.ts'
