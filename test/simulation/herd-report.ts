import { type HerdTally, OUTAGE, type Pace, SIGN_INS } from './herd.js'

/** The same clients at each pace. */
export type Herds = Readonly<Record<Pace, HerdTally>>

/** A goal of a herd, and whether it is met. */
export interface Goal {
  readonly what: string
  readonly met: boolean
  readonly figures: string
}

const sum = (counts: readonly number[]): number => counts.reduce((so, count) => so + count, 0)
const most = (counts: readonly number[]): number => Math.max(...counts)
const whole = (value: number): string => Math.round(value).toLocaleString('en-US')
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

const requestsEach = ({ perSecond, clients }: HerdTally): number =>
  sum(perSecond.slice(0, OUTAGE)) / clients
/** The most requests in a second from the recovery on. */
const recoveryPeak = ({ perSecond }: HerdTally): number => most(perSecond.slice(OUTAGE))
/** Seconds from the recovery to the last client's next token. */
const recoveryLength = ({ perSecond }: HerdTally): number =>
  perSecond.length - OUTAGE - [...perSecond].reverse().findIndex((count) => count > 0)

/** The hours after the last sign-in. */
const hoursOf = ({ perMinute }: HerdTally): number[][] =>
  Array.from({ length: Math.floor((perMinute.length - SIGN_INS) / 60) }, (_, hour) =>
    perMinute.slice(SIGN_INS + 60 * hour, SIGN_INS + 60 * (hour + 1)),
  )

/** The busiest minute of each hour after the last sign-in, over the mean minute of all of them. */
function busiest(herd: HerdTally): number[] {
  const hours = hoursOf(herd)
  const mean = sum(hours.flat()) / (60 * hours.length)
  return hours.map((minutes) => most(minutes) / mean)
}

/** What one person's client is allowed to do to a server that a million people use. */
export function goalsOf({ idle, asked, old }: Herds): Goal[] {
  const [peak, oldPeak] = [recoveryPeak(idle), recoveryPeak(old)]
  const busy = most(busiest(idle).slice(1))
  // Of the busiest minute of a small herd, so much is chance: two standard deviations.
  const chance = 2 / Math.sqrt(most(hoursOf(idle).slice(1).flat()))
  const mean = ({ waited, clients }: HerdTally): number => waited / clients
  const newcomer = idle.newcomerWaited / idle.clients
  return [
    {
      what: 'who is not asked sends at most 8 requests in ten minutes',
      met: idle.mostRequests <= 8,
      figures: `${idle.mostRequests}, by the old pace ${old.mostRequests}`,
    },
    {
      what: 'the peak of the recovery is at most a fifth of the old one',
      met: peak <= oldPeak / 5,
      figures: `${whole(peak)} a second, by the old pace ${whole(oldPeak)}`,
    },
    {
      what: 'from the second hour on the busiest minute is at most three mean ones',
      met: busy * (1 - chance) <= 3,
      figures: `${busy.toFixed(2)}, by the old pace ${most(busiest(old).slice(1)).toFixed(2)}`,
    },
    {
      what: 'who asks waits no longer than by the old pace, all along or for the first time',
      // The pace of those who are asked is the old one, but not their chance.
      met:
        mean(asked) <= mean(old) * 1.02 &&
        newcomer <= mean(old) &&
        Math.max(asked.mostWaited, idle.mostNewcomerWaited) <= 30_000,
      figures:
        `${seconds(mean(asked))} and ${seconds(newcomer)} after the recovery, ` +
        `by the old pace ${seconds(mean(old))}`,
    },
  ]
}

/** From which second to which a line of the curve reaches. */
const SPANS: readonly (readonly [from: number, to: number])[] = [
  [0, 1],
  [1, 10],
  [10, 60],
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((minute) => [60 * minute, 60 * (minute + 1)] as const),
  ...[0, 1, 5, 10, 20, 30, 60, 120, 180, 240].map(
    (from, i, all) => [OUTAGE + from, OUTAGE + (all[i + 1] ?? 300)] as const,
  ),
]

const timeOf = (second: number): string =>
  `${Math.floor(second / 60)}:${String(second % 60).padStart(2, '0')}`

const row = (...cells: readonly string[]): string =>
  cells.map((cell, i) => (i === 0 ? cell.padEnd(34) : cell.padStart(14))).join('')

/** What is counted of a herd in an outage of ten minutes, in which all tokens are due. */
const COUNTS: readonly (readonly [name: string, (herd: HerdTally) => string])[] = [
  ['requests of a client', (herd) => requestsEach(herd).toFixed(1)],
  ['most requests of a client', ({ mostRequests }) => whole(mostRequests)],
  ['mean requests a second', ({ perSecond }) => whole(sum(perSecond.slice(0, OUTAGE)) / OUTAGE)],
  ['peak of the recovery, a second', (herd) => whole(recoveryPeak(herd))],
  ['length of the recovery', (herd) => `${recoveryLength(herd)} s`],
  ['without a token after it, mean', ({ waited, clients }) => seconds(waited / clients)],
  [
    'the same for who begins to ask',
    ({ newcomerWaited, clients }) => seconds(newcomerWaited / clients),
  ],
]

const inOrder = ({ idle, asked, old }: Herds): HerdTally[] => [idle, asked, old]
const headOf = ({ idle }: Herds): string[] => [
  `${whole(idle.clients)} clients`,
  'nobody asks',
  'asked for',
  'old pace',
]
const countsOf = (herds: Herds): string[][] =>
  COUNTS.map(([name, count]) => [name, ...inOrder(herds).map(count)])

/** What a herd did, pace by pace, as a table for a terminal. */
export function herdReport(herds: Herds): string {
  const rate = (herd: HerdTally, [from, to]: readonly [number, number]): string =>
    whole(sum(herd.perSecond.slice(from, to)) / (to - from))
  const days = [busiest(herds.idle), busiest(herds.old)] as const
  return [
    row(...headOf(herds)),
    '',
    row('An outage of ten minutes, in which all tokens are due'),
    ...countsOf(herds).map((cells) => row(...cells)),
    '',
    row('Requests a second, from and to'),
    ...SPANS.map((span) =>
      row(
        `${timeOf(span[0])} to ${timeOf(span[1])}${span[0] >= OUTAGE ? ', it works again' : ''}`,
        ...inOrder(herds).map((herd) => rate(herd, span)),
      ),
    ),
    '',
    row('After sign-ins within ten minutes: the busiest minute over the mean one'),
    ...days[0].map((ratio, hour) =>
      row(`hour ${hour + 1}`, ratio.toFixed(2), '', (days[1][hour] ?? 0).toFixed(2)),
    ),
    '',
    ...goalsOf(herds).map(
      ({ what, met, figures }) => `${met ? 'met' : 'MISSED'}: ${what} (${figures})`,
    ),
  ].join('\n')
}

/** The same for docs/proof.md, with the two hours in which most people would refresh together. */
export function markdownHerd(herds: Herds): string {
  const [idle, old] = [busiest(herds.idle), busiest(herds.old)]
  const ratio = (hours: readonly number[], hour: number): string => (hours[hour] ?? 0).toFixed(2)
  const hours = [1, 2].map((hour) => {
    const name = `busiest minute over the mean, hour ${hour + 1}`
    // A day in which somebody asks all the time is not run.
    return [name, ratio(idle, hour), '–', ratio(old, hour)]
  })
  const [head = '', ...rows] = [headOf(herds), ...countsOf(herds), ...hours].map(
    (cells) => `| ${cells.join(' | ')} |`,
  )
  return [
    '<!-- herd -->',
    '',
    head,
    '| --- | ---: | ---: | ---: |',
    ...rows,
    '',
    '<!-- end of herd -->',
  ].join('\n')
}
