/**
 * `URL` as React Native has it: it takes texts only and any of them, adds a slash, and nothing of it
 * can be set.
 */
export class ReactNativeURL {
  readonly #text: string

  constructor(url: string, base?: string) {
    if (typeof url !== 'string') throw new TypeError('url.endsWith is not a function')
    const whole = base === undefined || /^\w+:/.test(url) ? url : `${base}/${url}`
    this.#text = whole.endsWith('/') ? whole : `${whole}/`
  }
  #part(pattern: RegExp): string {
    return pattern.exec(this.#text)?.[1] ?? ''
  }
  get href(): string {
    return this.#text
  }
  get protocol(): string {
    return this.#part(/^(\w+:)/)
  }
  get origin(): string {
    return this.#part(/^(https?:\/\/[^/]+)/)
  }
  get host(): string {
    return this.#part(/^https?:\/\/(?:[^@]+@)?([^:/?#]+)/)
  }
  get hostname(): string {
    return this.host
  }
  get username(): string {
    return this.#part(/^https?:\/\/([^:@/]+)(?::[^@]*)?@/)
  }
  get password(): string {
    return this.#part(/^https?:\/\/[^:@/]+:([^@/]+)@/)
  }
  get pathname(): string {
    return this.#part(/^https?:\/\/[^/]+(\/[^?#]*)/)
  }
  get search(): string {
    return this.#part(/(\?[^#]*)/)
  }
  get hash(): string {
    return this.#part(/(#.*)/)
  }
}
