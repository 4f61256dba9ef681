import { counts, sum, type Tally } from './tally.js'
import { INVARIANTS, type Invariant } from './verdict.js'
import type { Protocol } from './wire.js'

/** What can end a run besides a broken invariant. */
export const FAILURES = {
  ...INVARIANTS,
  threw: 'no error is left that nobody catches',
  hung: 'every world ends',
} as const

/** The name of an invariant, or of another way in which a run fails. */
export type Failure = keyof typeof FAILURES

/** A line of the summary. */
export interface Figure {
  readonly name: string
  readonly figure: string
  readonly detail: string
}

/** What the runs were: goes above the table in docs/proof.md. */
export interface About {
  readonly date: string
  readonly commit: string
  readonly seed: number
  readonly runs: number
  readonly protocol: Protocol
}

/** Ends that were the server’s or a person’s word; all others are losses that a fault explains. */
const WISHED: ReadonlySet<string> = new Set(['evicted', 'storage deleted'])
const MIX_UPS: readonly Failure[] = ['identity', 'own-answer']
const UNBOUNDED: readonly Failure[] = ['bounded', 'no-storm', 'hung']

const number = (value: number): string => Math.round(value).toLocaleString('en-US')

const listed = (items: readonly (readonly [string, number])[]): string =>
  items.map(([name, value]) => `${name} ${number(value)}`).join(', ')

function total(name: string, items: readonly (readonly [string, number])[]): Figure {
  const all = items.reduce((so, [, value]) => so + value, 0)
  return { name, figure: number(all), detail: listed(items) }
}

/** Violations of some invariants. */
const broken = (tally: Tally, names: readonly Failure[]): [string, number][] =>
  names
    .map((name): [string, number] => [name, tally[`violation ${name}`] ?? 0])
    .filter(([, value]) => value > 0)

const isInvariant = (name: string): name is Invariant => name in INVARIANTS

/** The figures of a tally, line by line. */
export function figures(tally: Tally): Figure[] {
  const one = (name: string, key: string, detail = ''): Figure => ({
    name,
    figure: number(tally[key] ?? 0),
    detail,
  })
  const choices = tally.choices ?? 0
  const ended = counts(tally, 'ended ')
  const violations = counts(tally, 'violation ')
  return [
    one(
      'runs',
      'runs',
      `${listed(counts(tally, 'runs '))}; lock: ${listed(counts(tally, 'lock '))}`,
    ),
    one('hurried', 'hurried', 'runs that went on by minutes, after very many steps'),
    one('contexts', 'contexts'),
    {
      name: 'simulated time',
      figure: `${number((tally['simulated ms'] ?? 0) / 3_600_000)} h`,
      detail: `longest wait ${((tally['most ms waited'] ?? 0) / 1000).toFixed(1)} s`,
    },
    {
      name: 'choices',
      figure: number(choices),
      detail: `${Math.round((100 * (tally['choices untamed'] ?? 0)) / (choices || 1))} % not the tame one`,
    },
    total('calls', counts(tally, 'call ')),
    total('calls failed', counts(tally, 'failed ')),
    total('faults injected', counts(tally, 'fault ')),
    one('refreshes needed', 'refreshes needed'),
    one('refreshes sent', 'refreshes sent'),
    total('repeats', counts(tally, 'repeat ')),
    total(
      'sessions ended on purpose',
      ended.filter(([why]) => WISHED.has(why)),
    ),
    total(
      'sessions lost, explained',
      ended.filter(([why]) => !WISHED.has(why)),
    ),
    total('sessions lost, unexplained', broken(tally, ['not-lost'])),
    total('ended sessions back, explained', counts(tally, 'back ')),
    total('identity mix-ups', broken(tally, MIX_UPS)),
    total('unbounded waits', broken(tally, UNBOUNDED)),
    total('violations of any invariant', violations),
    {
      name: 'invariants evaluated',
      figure: number(sum(tally, 'evaluated ')),
      detail: listed(counts(tally, 'evaluated ')),
    },
  ]
}

/** The sentence that a failure breaks. */
export const sentenceOf = (name: string): string =>
  isInvariant(name)
    ? INVARIANTS[name]
    : (Object.entries(FAILURES).find(([key]) => key === name)?.[1] ?? name)

function wrapped(text: string, width: number): string[] {
  const lines = ['']
  for (const word of text.split(/(?<=,|;) /)) {
    const last = lines.at(-1) ?? ''
    const longer = last ? `${last} ${word}` : word
    if (longer.length > width && last) lines.push(word)
    else lines[lines.length - 1] = longer
  }
  return lines
}

/** The figures as a table for a terminal. */
export function textSummary(tally: Tally): string {
  const lines = figures(tally)
  const [wide, wider] = [
    Math.max(...lines.map(({ name }) => name.length)),
    Math.max(...lines.map(({ figure }) => figure.length)),
  ]
  const left = (name: string, figure: string): string =>
    `${name.padEnd(wide)}  ${figure.padStart(wider)}  `
  return lines
    .flatMap(({ name, figure, detail }) =>
      wrapped(detail, 118 - wide - wider).map((text, i) =>
        `${i === 0 ? left(name, figure) : left('', '')}${text}`.trimEnd(),
      ),
    )
    .join('\n')
}

/** The figures as the table of docs/proof.md. */
export function markdownSummary(
  tally: Tally,
  { date, commit, seed, runs, protocol }: About,
): string {
  return [
    `${date}, commit ${commit}, seeds ${seed} to ${seed + runs - 1}${protocol === 'oidc' ? ', OpenID Connect' : ''}:`,
    '',
    '| what | figure | of which |',
    '| --- | ---: | --- |',
    ...figures(tally).map(({ name, figure, detail }) => `| ${name} | ${figure} | ${detail} |`),
  ].join('\n')
}
