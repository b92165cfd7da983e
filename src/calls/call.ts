/** What goes into the road of a call and what comes out of it; every surface speaks in these. */

import type { Principal, Workspace } from '../access/principal.ts'
import type { Entry, Status } from '../catalog/catalog.ts'
import type { Refusal } from '../catalog/refusal.ts'
import type { Inverse, Undo } from './undo.ts'

export interface CallRequest {
  principal: Principal
  workspace: Workspace
  /** The tool's name, as the caller wrote it. */
  tool: string
  /** As the caller wrote them, control fields included; nothing is known of them yet. */
  arguments: unknown
  requestId: string
  surface: 'mcp' | 'rest' | 'console' | 'system' | 'page'
  /** The program that called, as it names itself; a text from outside. */
  client?: string
  /** What would take it back, of the data it answered: kept for who calls, once it is done. null: nothing would. */
  inverse?: (data: unknown) => Inverse | null
  /** The undo that this call is. */
  undoes?: Undo
}

export type Answer =
  | { refusal?: undefined; entry: Entry; body: ReadBody | WriteBody }
  | { refusal: Refusal; entry?: Entry }

export interface ReadBody {
  data: unknown
  next_cursor?: string
}

export interface WriteBody {
  status: Status
  data?: unknown
  confirm_token?: string
  approval?: ApprovalRef
  replayed?: true
  warnings?: string[]
  audit_id?: string
  /** Where an inverse was kept: what it is called by. */
  undo?: string
}

export interface ApprovalRef {
  id: string
  state: string
  expires_at: string
  /** The console page where a person decides. */
  url: string
}

/** The one function that every surface calls. It never throws: what goes wrong is an answer. */
export type Call = (request: CallRequest) => Promise<Answer>
