/** As many approvals as it takes: each a copy of one that waits, made by SQL, since asking takes 20 ms. */

import { uuidOf } from '../../src/catalog/kinds.ts'
import { newId } from '../../src/database/columns.ts'
import type { TestServer } from './server.ts'

/** @param approvalId a TypeID */
export async function copyApproval({ house }: Pick<TestServer, 'house'>, approvalId: string, count: number) {
  const ids = Array.from({ length: count }, newId)
  await house.database.owner.query(
    `WITH copies AS (SELECT unnest($2::uuid[]) AS copy), asked AS (
       INSERT INTO approvals SELECT (jsonb_populate_record(a, jsonb_build_object('id', copy, 'request_key', copy))).*
       FROM approvals a, copies WHERE a.id = $1)
     INSERT INTO approval_details SELECT (jsonb_populate_record(d, jsonb_build_object('approval_id', copy))).*
     FROM approval_details d, copies WHERE d.approval_id = $1`,
    [uuidOf(approvalId), ids],
  )
}
