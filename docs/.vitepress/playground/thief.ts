import type { ScriptedGoTrue } from 'holdfast/testing'
import { SERVER_URL } from './tab.js'

/** Somebody who has a copy of a refresh token. */
export interface Thief {
  copy(token: string): void
  /** Shows the copy to the server, as the thief's own client would. */
  use(): Promise<void>
  /** How often the owner has replaced the token since; `null` without a copy. */
  replaced(): number | null
  /** What the server said to the thief last. */
  last(): { readonly status: number; readonly code: string | null } | null
}

/** Makes a thief who has nothing yet. */
export function createThief(server: ScriptedGoTrue): Thief {
  let copy: string | null = null
  let last: ReturnType<Thief['last']> = null
  return {
    copy(token) {
      copy = token
      last = null
    },
    async use() {
      if (copy === null) return
      const response = await server.fetch(`${SERVER_URL}/token?grant_type=refresh_token`, {
        method: 'POST',
        body: JSON.stringify({ refresh_token: copy }),
      })
      const answer: unknown = await response.json()
      const has = typeof answer === 'object' && answer !== null && 'error_code' in answer
      last = { status: response.status, code: has ? String(answer.error_code) : null }
    },
    replaced() {
      if (copy === null) return null
      let token = copy
      let count = 0
      for (const { presented, returned } of server.requests) {
        if (presented !== token || returned === null || returned === token) continue
        token = returned
        count++
      }
      return count
    },
    last: () => last,
  }
}
