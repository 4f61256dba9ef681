declare module '*.vue' {
  import type { Component } from 'vue'

  const component: Component
  export default component
}

// Before the other, as the first that fits is taken.
declare module '*-copies.svelte' {
  import type { Component } from 'svelte'

  const component: Component<{ give: () => void; read: () => unknown }>
  export default component
}

declare module '*.svelte' {
  import type { Component } from 'svelte'
  import type { PageProps } from './page.js'

  const component: Component<{ page: PageProps }>
  export default component
}
