export { applyStorage, type StorageOutcome } from './apply-storage.ts'
export type { MinioAccess } from './connection.ts'
export { type MinioBucket, type MinioStoreOptions, openMinioAdmin, openMinioStore } from './open-minio.ts'
export { type ObjectReader, openMinioObjects } from './open-minio-objects.ts'
