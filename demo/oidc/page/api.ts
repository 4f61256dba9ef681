import { auth } from './client.js'

/** An invoice, as the API has it. */
export interface Invoice {
  readonly number: string
  readonly from: string
  readonly amount: string
  /** In ms since the epoch. */
  readonly paidAt: number | null
}

/** What the API knows of whoever asks, by the token alone. */
export interface Known {
  readonly sub: string
  /** How they proved who they are, by the auth server's name for it. */
  readonly acr: string
  /** When they did, in ms since the epoch. */
  readonly authTime: number
  /** The thumbprint of the key that the token is bound to. */
  readonly key: string | null
}

/** How the demo is now. */
export interface DemoState {
  readonly down: boolean
  /** How many refreshes the auth server has answered with new tokens. */
  readonly exchanges: number
}

async function read<Answer>(response: Response): Promise<Answer> {
  if (!response.ok) throw new Error(`The API answered ${response.status}.`)
  return response.json()
}

/** What there is to pay. */
export const listInvoices = async (): Promise<readonly Invoice[]> =>
  read(await auth.fetch('/api/invoices'))

/** Who the API takes this page for. */
export const whoAmI = async (): Promise<Known> => read(await auth.fetch('/api/me'))

/** Pays. @throws AuthError `step_required` when the API wants a fresh proof first (RFC 9470). */
export const pay = async (number: string): Promise<Invoice> =>
  read(await auth.fetch(`/api/invoices/${number}/payment`, { method: 'POST' }))

/** Asks how the demo is. */
export const look = async (): Promise<DemoState> => read(await fetch('/demo'))

/** Lets the auth server be up or down. */
export const setDown = async (down: boolean): Promise<DemoState> =>
  read(
    await fetch('/demo', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ down }),
    }),
  )
