/** The PostgreSQL of a test: the same as that of the drills. */
export { openPostgresServer, type Postgres } from '../../scripts/servers/postgres.ts'
