/** A request, as far as the call that asks for its session says anything of it. */
export interface DeviceRequest {
  /**
   * Its path, without the query; `null` where the call came with no request, and for a path that parsing would change,
   * such as `/admin/../x`: the app may read it otherwise.
   */
  readonly path: string | null
  /** What came with the call: a `Request`, or that of Node or a framework. */
  readonly request: unknown
}

/** Options of `createDeviceBinding`. */
export interface DeviceBindingOptions {
  /**
   * Where a session may go that was never bound, because its browser cannot do that or did not. A function says for
   * which requests a session must be bound: others get 403. `when-supported` and `never` let it go everywhere; no server
   * can tell a browser that cannot bind from one that did not. A session that was bound is refused without its device,
   * whatever this says. @default 'when-supported'
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
