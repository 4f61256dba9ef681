const source = 'src/bindings/source.ts'
const token = 'src/bindings/token.ts'
const react = 'src/react/read.ts'
const vue = 'src/vue/composables.ts'
const vueReader = 'src/vue/provided.ts'
const svelte = 'src/svelte/context.ts'
const solid = 'src/solid/context.ts'
const angular = 'src/angular/injection.ts'

/** What is gone of the bindings to the frameworks of pages. */
export const BINDINGS = [
  {
    file: source,
    name: 'A page is signed out until its client has read its storage.',
    find: "if (now.status === 'loading') return rendered\n",
    replace: 'now',
  },
  {
    file: token,
    name: 'A failure is shown when a token has come since.',
    find: '(subjectOf(state) === subject ? error : null)',
    replace: '(subject === state ? null : error)',
  },
  {
    file: token,
    name: 'A failure from before a sign-in is shown after the sign-out.',
    find: 'tokenOf(state) ?? state',
    replace: 'tokenOf(state)',
  },
  {
    file: react,
    name: 'A page of React that is taken over shows what the client knows.',
    find: '() => once(source.rendered)',
    replace: '() => once(source.current())',
  },
  {
    file: react,
    name: 'What a client said that React was given before counts for the next one.',
    find: 'answered?.source === source ? answered.answer : undefined',
    replace: 'answered?.answer',
  },
  {
    file: vueReader,
    name: 'A component of Vue that is taken over shows what the client knows.',
    find: 'getCurrentInstance()?.vnode.el ? provided.rendered : null',
    replace: 'getCurrentInstance() ? null : null',
  },
  {
    file: vueReader,
    name: 'A store of Vue makes a proxy of the client.',
    find: '  markRaw(client)\n',
    replace: '',
  },
  {
    file: vue,
    name: 'An app of Vue that is gone goes on listening.',
    find: 'app.onUnmount(provided.begin())',
    replace: 'provided.begin()',
  },
  {
    file: vue,
    name: 'On a server, an app of Vue listens to the client.',
    find: '    app.provide(key, provided)\n',
    replace: '    app.provide(key, provided)\n    provided.begin()\n',
  },
  {
    file: svelte,
    name: 'A page of Svelte shows what the client knows before it was taken over.',
    find: 'const state = writable(source.rendered)',
    replace: 'const state = writable(source.current())',
  },
  {
    file: svelte,
    name: 'What a page of Svelte selects changes with every refresh.',
    find: '    if (next === last) return\n',
    replace: '',
  },
  {
    file: solid,
    name: 'A page of Solid shows what the client knows before it was taken over.',
    find: 'const isRendered = (): boolean => !!sharedConfig.context',
    replace: 'const isRendered = (): boolean => false',
  },
  {
    file: solid,
    name: 'A component of Solid that is taken over shows what the client knows.',
    find: 'const [rendered, setRendered] = createSignal(isRendered())',
    replace: 'const [rendered, setRendered] = createSignal(false)',
  },
  {
    file: angular,
    name: 'A page of Angular shows what the client knows before it was taken over.',
    find: 'const state = signal(source.rendered)',
    replace: 'const state = signal(source.current())',
  },
  {
    file: angular,
    name: 'A page of Angular that is gone goes on listening.',
    find: 'destroyed.onDestroy(source.subscribe(look))',
    replace: 'source.subscribe(look)',
  },
]
