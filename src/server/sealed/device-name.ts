import { headerIn } from '../shared/request-words.js'

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

/**
 * By what device a request comes, in words for people: the family of its browser and system, such as `Firefox on
 * Windows`, and no version or model. Nothing where it does not say; anybody can say what they like.
 */
export function deviceNameOf(request: unknown): string | undefined {
  const text = (headerIn(request, 'User-Agent') ?? '').slice(0, LONGEST)
  const [browser, system] = [nameIn(text, BROWSERS), nameIn(text, SYSTEMS)]
  return browser && system ? `${browser} on ${system}` : (browser ?? system)
}
