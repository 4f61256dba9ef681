import type { Flow } from '../../core/provider.js'

/** What a flow that links an identity says of itself, with the id of the person who began it. */
export const linkPurpose = (userId: string): string => `link ${userId}`

/** Whether a flow links an identity, whoever began it. */
export const isLink = ({ purpose }: Flow): boolean => purpose.startsWith('link ')
