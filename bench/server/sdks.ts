/** The SDKs, in the order of the table's columns. */
export const SDKS = ['holdfast', 'workos'] as const

/** One of the SDKs. */
export type SdkName = (typeof SDKS)[number]

/** Something for each SDK. */
export type PerSdk<T> = Readonly<Record<SdkName, T>>

/** Makes something for each SDK, one after the other. */
export async function perSdk<T>(make: (sdk: SdkName) => Promise<T>): Promise<PerSdk<T>> {
  const holdfast = await make('holdfast')
  return { holdfast, workos: await make('workos') }
}

/** An SDK as the handler of a request uses it: all it has is the request's cookie. */
export interface Sdk {
  /** Whether the cookie is somebody's session. */
  authenticate(cookie: string): Promise<boolean>
  /** The new value of the cookie, or `null` when the answer is no session. */
  refresh(cookie: string): Promise<string | null>
}

/** Where an SDK finds its servers. */
export interface Surroundings {
  /** Of the scripted WorkOS, on the loopback. */
  readonly port: number
  /** The address of a Redis that the processes share. */
  readonly redis?: string
}

/** The application, as the scripted WorkOS knows it, and what seals its cookies. */
export const APP = {
  clientId: 'client_scripted',
  apiKey: 'sk_test_scripted',
  cookiePassword: 'a cookie password of the benchmark, for both',
} as const

/** A process with an SDK in it is started with this. */
export interface ProcessOptions extends Surroundings {
  readonly sdk: SdkName
}

/**
 * What a process is told: so many calls of `authenticate()`, one after the other, with these cookies
 * in turn; or of `refresh()`, each with the cookie that the one before it left, or all `together`.
 */
export type Order =
  | { readonly work: 'authenticate'; readonly cookies: readonly string[]; readonly calls: number }
  | {
      readonly work: 'refresh' | 'refresh-together'
      readonly cookie: string
      readonly calls: number
    }

/** What an order came to. */
export interface Done {
  /** How many calls have a session that works. */
  readonly working: number
  /** The newest value of the cookie. */
  readonly cookie: string
  /** Of the calls, in ms. */
  readonly time: number
  /** Of the whole process during the calls, in ms of one core. */
  readonly cpu: number
}
