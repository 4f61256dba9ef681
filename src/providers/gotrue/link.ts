import type { Flow } from '../../core/provider.js'
import { readFields, splitAddress } from '../shared/address.js'

/** What a flow that links an identity says of itself, with the id of the person who began it. */
export const linkPurpose = (userId: string): string => `link ${userId}`

/** Whether a flow links an identity, whoever began it. */
export const isLink = ({ purpose }: Flow): boolean => purpose.startsWith('link ')

/** What a flow is for, and in a second line the `state` that the app's own address for its end has. */
export function purposeOf(what: string, redirectTo: string | undefined): string {
  const { query } = splitAddress(redirectTo ?? '')
  const state = readFields(query).get('state')
  return state === undefined ? what : `${what}\n${state}`
}

/** What a flow is for, and the app's own `state` if its address has one: see `purposeOf`. */
export const partsOf = ({ purpose }: Flow): readonly (string | undefined)[] => purpose.split('\n')
