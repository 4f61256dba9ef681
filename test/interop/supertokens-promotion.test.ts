import { describe } from 'vitest'
import { HOUR, LATER, openDesk, type Row, type Story } from './supertokens-desk.js'
import { evictAll, hold } from './supertokens-stories.js'

const { table } = openDesk()

/** Longer than between two lookups of keys that the core has just given; in ms. */
const THREE_SECONDS = 3_000

const SESSION = '200 session'
const TRY_REFRESH = '401 try refresh token'
const LATER_AGAIN = '503 try again later'
const OVER = '401 unauthorised, cleared'

const firstUse: Story = async ({ visitor }) => {
  await visitor.refresh()
  return visitor.get()
}
const secondUse: Story = async (scene) => {
  await firstUse(scene)
  return scene.visitor.get()
}
/** Another tab has the tokens of the refresh, and uses them when the first one has. */
const firstUseTwice: Story = async ({ visitor }) => {
  await visitor.refresh()
  const { held } = visitor
  await visitor.get()
  visitor.held = held
  return visitor.get()
}

describe('after a refresh, the new access token', () => {
  const rows: readonly Row[] = [
    ['is replaced when it is first used', firstUse, '200 session, {access}'],
    ['is replaced for every tab that has it', firstUseTwice, '200 session, {access}'],
  ]
  table(rows, { antiCsrf: 'NONE' })
  table(rows, { antiCsrf: 'VIA_CUSTOM_HEADER' })
  table(rows, { antiCsrf: 'VIA_TOKEN', mode: 'header' })
  const told: Row[2] = {
    theirs: '200 session, {access}, anti-csrf',
    ours: '200 session, {access}',
    why: 'theirs sends back what the request said; the page has it, and it is the same',
  }
  table(
    rows.map(([title, story]) => [title, story, told]),
    { antiCsrf: 'VIA_TOKEN', mode: 'cookie' },
  )
  table([
    ['is not replaced when it was', secondUse, SESSION],
    [
      'does not end the one before',
      async ({ visitor }) => {
        const { held } = visitor
        await visitor.refresh()
        visitor.held = held
        return visitor.get()
      },
      SESSION,
    ],
    [
      'shows at once when the session was revoked',
      async ({ core, visitor }) => {
        await visitor.refresh()
        evictAll(core)
        return visitor.get()
      },
      OVER,
    ],
  ])
})

describe('when the core has new keys', () => {
  table(
    [
      [
        'a token of theirs is good',
        async ({ core, visitor }) => {
          core.rotateKeys()
          await visitor.signIn()
          return visitor.get()
        },
        SESSION,
      ],
      [
        'a token of theirs is good right after one of unknown keys',
        async ({ core, visitor, another, pass }) => {
          await visitor.get()
          pass(LATER)
          const { held } = await another({ core: 'foreign' })
          hold(visitor, held)
          await visitor.get()
          core.rotateKeys()
          pass(THREE_SECONDS)
          await visitor.signIn()
          return visitor.get()
        },
        SESSION,
      ],
      [
        'a token of those before is good',
        ({ core, visitor }) => {
          core.rotateKeys()
          return visitor.get()
        },
        SESSION,
      ],
      [
        'and they cannot be had',
        async ({ core, visitor }) => {
          core.rotateKeys()
          await visitor.signIn()
          core.fail({ type: 'status', status: 500 }, { path: '/.well-known/jwks.json', times: 9 })
          return visitor.get()
        },
        {
          theirs: TRY_REFRESH,
          ours: LATER_AGAIN,
          why: 'whether the token is good is not known',
        },
      ],
      [
        'a token of keys that were withdrawn is not',
        async ({ core, visitor, pass }) => {
          await visitor.get()
          core.rotateKeys({ withdraw: true })
          const { held } = visitor
          await visitor.signIn()
          pass(LATER)
          // The first token of the new ones has them looked up.
          await visitor.get()
          pass(LATER)
          visitor.held = held
          return visitor.get()
        },
        TRY_REFRESH,
      ],
      [
        'a token of an unknown key is no reason to look them up twice in a moment',
        async ({ visitor, another }) => {
          const { held } = await another({ core: 'foreign' })
          hold(visitor, held)
          await visitor.get()
          return visitor.get()
        },
        TRY_REFRESH,
      ],
      [
        'an expired token of keys that are long gone needs no lookup at all',
        async ({ visitor, another, pass }) => {
          const { held } = await another({ core: 'foreign' })
          pass(HOUR)
          hold(visitor, held)
          await visitor.get()
          await visitor.get()
          return visitor.get()
        },
        TRY_REFRESH,
      ],
    ],
    { antiCsrf: 'NONE', mode: 'cookie' },
  )
})
