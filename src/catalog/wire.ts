/** A row's camelCase columns as the wire's snake_case fields. Shallow: what lies inside a value is somebody's data. */

type Snake<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${Snake<Rest>}`
  : ''

export type Wire<Row> = { [Column in keyof Row & string as Snake<Column>]: Row[Column] }

export function wire<Row extends object>(row: Row): Wire<Row> {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [snake(column), value])) as Wire<Row>
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}
