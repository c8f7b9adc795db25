/** What differs between databases in the tables' making. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres'
  /** The type of an id that the database counts up. */
  readonly serial: 'integer' | 'bigserial'
  /** Appended to a table that is stored in the order of its key, where the database can do so. */
  readonly clustered: string
}
