/** A request, as far as the call that asks for its session says anything of it. */
export interface DeviceRequest {
  /**
   * Its path as it was sent, without the query, and with a `basePath` where there is one: compare it in lower case where
   * your routes do. `null` where the call came with no request, and for a path that the app may read otherwise, such as
   * `/admin/../x`, `//admin`, `/%61dmin` or `/_next/data/…`: let that need a bound session too.
   */
  readonly path: string | null
  /**
   * Whether it cannot be told now if the session was bound: Redis does not answer, and this process has seen no proof.
   * A request that needs a bound session then gets 503.
   */
  readonly mayBeBound: boolean
  /** What came with the call: a `Request`, or that of Node or a framework. */
  readonly request: unknown
}

/** Options of `createDeviceBinding`. */
export interface DeviceBindingOptions {
  /**
   * Where a session may go that was never bound, because its browser cannot do that or did not; no server can tell the
   * two apart. `never` lets it go everywhere. So does `when-supported`, but while Redis does not answer: then nobody
   * knows whether a cookie that names no device is a copy from before the binding, and all of them get 503
   * (`mayBeBound`), also with a bound cookie: who has made the copy may have got one. A function says for which requests
   * a session must be bound: others get 403. A session that is known to be bound is refused without its device,
   * whatever this says. @default 'never'
   */
  readonly required?: 'when-supported' | 'never' | ((request: DeviceRequest) => boolean) | undefined
  /**
   * Whether all this is only tried out: sessions are bound and every request is judged, but none is refused for its
   * device. `onSecurityEvent` hears of those that would be, by `device-missing` and `device-required`. @default false
   */
  readonly reportOnly?: boolean | undefined
  /**
   * How long the browser's word does before it must prove its key again, in ms: so long does a stolen cookie work
   * elsewhere, and up to a minute longer, for clocks that differ. A second or more; Chromium signs six times in some
   * ten minutes at the most. @default 600_000
   */
  readonly lifetime?: number | undefined
  /**
   * The path beneath which browsers register and renew, as they see it. It must be one of the backend's that no
   * other route of the app answers. @default '/auth/dbsc'
   */
  readonly path?: string | undefined
}
