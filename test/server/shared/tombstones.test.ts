import { describe, expect, it } from 'vitest'
import type { TombstoneOptions } from '../../../src/server/coordination/coordinator-types.js'
import {
  confirmEnd,
  endHere,
  noteOf,
  tombstoneLife,
} from '../../../src/server/shared/tombstones.js'

const LIFE = 300_000

describe('the rule of tombstones', () => {
  const left: (readonly [string, number, TombstoneOptions | undefined])[] = []
  const coordinator = {
    end: async (name: string, ttl: number, options?: TombstoneOptions) => {
      left.push([name, ttl, options])
    },
  }

  it('is a token’s life, and more than requests under way and replays of their results take', async () => {
    await endHere(coordinator, 'session', LIFE)
    await confirmEnd(coordinator, 'session', LIFE)
    await noteOf(coordinator, 'bound', LIFE, { keepsFirst: true })
    const ttl = tombstoneLife(LIFE)
    expect(left).toEqual([
      ['session', ttl, { confirmed: false }],
      ['session', ttl, { confirmed: true }],
      ['bound', ttl, { keepsFirst: true, apart: true }],
    ])
    // A refresh takes 10 s at most, and what came of it is handed out for 30 s more.
    expect(ttl - LIFE).toBeGreaterThan(40_000)
  })
})
