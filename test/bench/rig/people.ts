/** Customers in a number that no bench could create by calls, put there by SQL as the owner: some with accents, some in CJK. */

import pg from 'pg'
import { newId } from '../../../src/database/columns.ts'
import { fold } from '../../../src/domain/customers/fold.ts'
import type { Stage } from './stage.ts'

export type Owner = pg.Client

/** The owner without the time limit that a server's statements have. */
export async function openOwner({ server }: Stage): Promise<Owner> {
  const owner = new pg.Client({ connectionString: server.databaseUrls.owner, statement_timeout: 0 })
  await owner.connect()
  return owner
}

/** Spread over these workspaces; each its own share, so that all of them know a García. */
export async function fillPeople(owner: Owner, workspaceIds: string[], each: number): Promise<void> {
  const names = [FIRST, LAST, FAMILY, GIVEN].flatMap(list => [list, list.map(fold)])
  await owner.query(PEOPLE, [workspaceIds, each, ...names])
}

/** A custom field `city`, which half of them have. */
export async function fillCities(owner: Owner, workspaceId: string): Promise<void> {
  const field = newId()
  await owner.query(
    `INSERT INTO custom_fields (workspace_id, id, key, label, type, created_at, updated_at)
     VALUES ($1, $2, 'city', 'City', 'text', now(), now())`,
    [workspaceId, field],
  )
  await owner.query(
    `INSERT INTO custom_field_values (workspace_id, customer_id, field_id, text_value, match_key)
     SELECT workspace_id, id, $2, city, lower(city) FROM (
       SELECT workspace_id, id, 'Town ' || abs(hashint4(n::int) % 500) AS city
       FROM (SELECT workspace_id, id, row_number() OVER () AS n FROM customers WHERE workspace_id = $1) AS people
       WHERE n % 2 = 0) AS living`,
    [workspaceId, field],
  )
}

/** A visit, some time in the last three years, of three people in five. */
export async function fillVisits(
  owner: Owner,
  workspaceId: string,
  { serviceId, locationIds, staffIds }: { serviceId: string; locationIds: string[]; staffIds: string[] },
): Promise<void> {
  await owner.query(
    `INSERT INTO bookings (workspace_id, id, state, service_id, location_id, customer_id, staff_id, starts_at, ends_at,
       buffer_before_minutes, buffer_after_minutes, price_amount, cancel_cutoff_minutes, policy_start, created_at, updated_at)
     SELECT workspace_id, uuidv7(), 'completed', $2, $3, id, $4, start, start + interval '45 minutes',
       0, 0, 5000, 1440, start, start, start
     FROM (
       SELECT workspace_id, id, n, now() - (abs(hashint4(n::int) % 1095) + 1) * interval '1 day' AS start
       FROM (SELECT workspace_id, id, row_number() OVER () AS n FROM customers WHERE workspace_id = $1) AS people
     ) AS visits WHERE n % 5 < 3`,
    [workspaceId, serviceId, locationIds[0], staffIds[0]],
  )
}

/**
 * A surname that few share stands behind one that many do; every tenth name is in CJK. They came over ten years, in the
 * order of their ids.
 */
const PEOPLE = `
  INSERT INTO customers (workspace_id, id, name, name_key, email, email_key, phone_e164, tags, created_at, updated_at)
  SELECT w, uuidv7(created - now()), name, name_key, email, lower(email), phone, tags, created, created FROM (
    SELECT w, n, now() - abs(hashint4(n + 7) % 3650) * interval '1 day' AS created,
      CASE WHEN cjk THEN $7::text[] ELSE $3::text[] END AS one, CASE WHEN cjk THEN $8::text[] ELSE $4::text[] END AS one_key,
      CASE WHEN cjk THEN $9::text[] ELSE $5::text[] END AS two, CASE WHEN cjk THEN $10::text[] ELSE $6::text[] END AS two_key,
      abs(hashint4(n)) AS a, abs(hashint4(n + 1)) AS b, cjk,
      CASE WHEN cjk THEN '' ELSE ' ' || initcap(translate(substr(md5(n::text), 1, 7), '0123456789', 'aeioulnrst')) END AS rare,
      '+346' || lpad((n::bigint * 7919 % 100000000)::text, 8, '0') AS phone,
      array_remove(ARRAY[CASE WHEN n % 3 = 0 THEN 'regular' END, CASE WHEN n % 50 = 0 THEN 'vip' END,
        CASE WHEN n % 2000 = 0 THEN 'press' END], NULL) AS tags
    FROM unnest($1::uuid[]) AS w, generate_series(1, $2::int) AS n, LATERAL (SELECT n % 10 = 0 AS cjk) AS kind
  ) AS drawn, LATERAL (
    SELECT a % cardinality(one) + 1 AS i, b % cardinality(two) + 1 AS j
  ) AS lot, LATERAL (
    SELECT one[i] || CASE WHEN cjk THEN '' ELSE ' ' END || two[j] || rare AS name,
      one_key[i] || CASE WHEN cjk THEN '' ELSE ' ' END || two_key[j] || lower(rare) AS name_key,
      CASE WHEN cjk THEN 'kyaku' ELSE replace(one_key[i], ' ', '') END || '.' || lower(trim(rare)) || n || '@example.com' AS email
  ) AS named
  ORDER BY created`

const FIRST = (
  'María Lucía José Ana Łukasz Søren Zoë Jürgen François Inés Ángel Chloé Björn Íñigo Ruth Emma Noah Oliver Mia Leo ' +
  'Sofía Martín Hugo Nadia Omar Fatima Yusuf Priya Arjun Grace Peter Paul Maja Piotr Anna Elena Marco Giulia Nuño Begoña'
).split(' ')

const LAST = (
  'García Rodríguez Müller Schmidt Nowak Dubois Lefèvre Rossi Ferrari Jensen Kierkegård Novák Horváth Silva Santos ' +
  'Gonçalves Smith Jones Taylor Brown Wilson Evans Khan Singh Patel Kowalski Núñez Muñoz Peña Ibáñez Ortiz Castro Vega ' +
  'Weiß Groß Yılmaz Öztürk Åberg Ødegård Straße'
).split(' ')

const FAMILY = '田中 佐藤 鈴木 高橋 伊藤 渡辺 山本 中村 小林 加藤 王 李 张 刘 陈 杨 김 이 박 최'.split(' ')

const GIVEN = '太郎 花子 健 直樹 美咲 翔太 小明 伟 芳 娜 秀英 敏 静 丽 민준 서연 지훈 하은 도윤 예은'.split(
  ' ',
)
