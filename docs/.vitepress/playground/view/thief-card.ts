import type { Thief } from '../thief.js'
import type { World } from '../world.js'
import { button, h, setText } from './dom.js'

/** What the copy is worth, by how often the owner has replaced the token since. */
function worthOf(replaced: number | null): string {
  if (replaced === null) return 'The thief has nothing.'
  if (replaced === 0) return 'The copy is as good as the owner’s own token, until that is replaced.'
  if (replaced === 1) {
    return 'The token was replaced once. GoTrue still takes it, as the answer may have been lost on its way.'
  }
  return `The token was replaced ${replaced} times: who shows it now is found out.`
}

function outcomeOf(last: ReturnType<Thief['last']>): string {
  if (last === null) return ''
  if (last.status === 200) return 'The server gave the thief a session: nothing shows yet.'
  return `The server answered ${last.status}, ${last.code}: it has ended the session, for both. The tabs hear of it at their next refresh.`
}

/** Draws the thief. */
export function drawThief(
  world: World,
  say: (text: string) => void,
): { readonly element: HTMLElement; paint(): void } {
  const worth = h('p', {})
  const outcome = h('p', { class: 'soft', 'data-of': 'outcome' })
  const using = button(
    'The thief uses the copy',
    'use',
    () => {
      world.time.between(() => world.thief.use()).then(() => say(outcomeOf(world.thief.last())))
    },
    'danger',
  )
  const element = h(
    'section',
    { class: 'card', 'aria-labelledby': 'playground-thief' },
    h('h3', { id: 'playground-thief' }, 'A stolen token'),
    h(
      'p',
      { class: 'soft' },
      'Malware or a backup gave the refresh token away. Copy it, let the owner go on, and use it.',
    ),
    h(
      'div',
      { class: 'row' },
      button('Copy the refresh token', 'steal', () => {
        say(
          world.steal()
            ? 'The thief has a copy.'
            : 'Nobody is signed in: there is nothing to copy.',
        )
      }),
      using,
    ),
    worth,
    outcome,
  )
  return {
    element,
    paint() {
      const replaced = world.thief.replaced()
      setText(worth, worthOf(replaced))
      setText(outcome, outcomeOf(world.thief.last()))
      outcome.hidden = world.thief.last() === null
      using.disabled = replaced === null
    },
  }
}
