/** What browsers call themselves, those first that also call themselves others. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:iPhone|iPad|iPod)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

/** No `User-Agent` has more that matters; what is longer is somebody's joke. */
const LONGEST = 512

const nameIn = (text: string, names: readonly (readonly [RegExp, string])[]): string | undefined =>
  names.find(([pattern]) => pattern.test(text))?.[1]

/** The header `User-Agent` of a request, of the web or of Node; nothing where it has none. */
function userAgentOf(request: unknown): string {
  if (typeof request !== 'object' || request === null) return ''
  const headers: unknown = Reflect.get(request, 'headers')
  if (headers instanceof Headers) return headers.get('User-Agent') ?? ''
  if (typeof headers !== 'object' || headers === null) return ''
  const value: unknown = Reflect.get(headers, 'user-agent')
  return typeof value === 'string' ? value : ''
}

/**
 * By what device a request comes, in words for people: the family of its browser and system, such as `Firefox on
 * Windows`, and no version or model. Nothing where it does not say; anybody can say what they like.
 */
export function deviceNameOf(request: unknown): string | undefined {
  const text = userAgentOf(request).slice(0, LONGEST)
  const [browser, system] = [nameIn(text, BROWSERS), nameIn(text, SYSTEMS)]
  return browser && system ? `${browser} on ${system}` : (browser ?? system)
}
