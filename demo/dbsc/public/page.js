// The page. It knows nothing of keys, proofs or bound cookies: that is the point.
const at = (id) => document.getElementById(id)

const post = (path) => fetch(path, { method: 'POST', headers: { 'X-Holdfast': '1' }, body: '{}' })

/** Elements for texts, in place of what was there. */
function fill(id, name, texts) {
  const elements = texts.map((text) => {
    const element = document.createElement(name)
    element.textContent = text
    return element
  })
  at(id).replaceChildren(...elements)
}

function showLoot(loot) {
  const pairs = (loot ?? []).flatMap(({ asked, got }) => {
    const [term, description] = ['dt', 'dd'].map((name) => document.createElement(name))
    term.textContent = asked
    description.textContent = got
    return [term, description]
  })
  at('loot').replaceChildren(...pairs)
}

function showState({ log, alarms, loot, isDown }) {
  fill('log', 'li', log)
  showLoot(loot)
  at('alarms').textContent = String(alarms)
  document.querySelector('[data-do=outage]').setAttribute('aria-pressed', String(isDown))
}

async function showBoxes() {
  const response = await fetch('/boxes')
  at('answer').textContent = `The app answered ${response.status}.`
  if (response.ok) {
    const boxes = await response.json()
    fill(
      'boxes',
      'li',
      boxes.map(({ number, holds }) => `${number}: ${holds}`),
    )
  }
}

/** Shows what is for this status; whose button goes with that goes on at the heading of what comes. */
function showParts(status) {
  const focused = document.activeElement
  let lost = false
  for (const part of document.querySelectorAll('[data-for]')) {
    const hidden = part.dataset.for !== status
    lost ||= hidden && !part.hidden && part.contains(focused)
    part.hidden = hidden
  }
  if (!lost) return
  const heading = at(status === 'signed-in' ? 'boxes-title' : 'welcome-title')
  heading.tabIndex = -1
  heading.focus()
}

async function refresh() {
  const response = await fetch('/auth/session', { headers: { 'X-Holdfast': '1' } })
  const notice = at('notice')
  notice.hidden = response.status !== 503
  notice.textContent = 'Nobody can tell at the moment who you are. You stay signed in: ask again.'
  const { session } = response.ok ? await response.json() : { session: undefined }
  if (session !== undefined) {
    showParts(session ? 'signed-in' : 'signed-out')
    if (session) at('who').textContent = session.user.email
  }
  if (session !== null) await showBoxes()
  showState(await (await fetch('/demo')).json())
}

const DEEDS = {
  ask: () => {},
  end: () => post('/demo/end'),
  outage: () => post('/demo/outage'),
  steal: () => post('/demo/steal'),
  'sign-out': () => post('/auth/sign-out'),
}

document.addEventListener('click', async ({ target }) => {
  const deed = target.closest('[data-do]')?.dataset.do
  if (!deed) return
  await DEEDS[deed]()
  await refresh()
})

await refresh()
