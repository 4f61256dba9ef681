// What the Hermes that an app ships has built in, and the older one that there is a program of lacks.
import at from 'core-js-pure/actual/array/at'
import atob from 'core-js-pure/actual/atob'
import btoa from 'core-js-pure/actual/btoa'
import allSettled from 'core-js-pure/actual/promise/all-settled'
import textAt from 'core-js-pure/actual/string/at'

const started = Date.now()

/** Adds a method that is missing, as one of a platform's own is: no loop comes upon it. */
function add(target, name, value) {
  if (!target[name]) Object.defineProperty(target, name, { value, configurable: true })
}
add(Array.prototype, 'at', function (index) {
  return at(this, index)
})
add(String.prototype, 'at', function (index) {
  return textAt(this, index)
})
add(Promise, 'allSettled', (promises) => allSettled.call(Promise, promises))

Object.assign(globalThis, {
  __DEV__: false,
  global: globalThis,
  atob,
  btoa,
  performance: { now: () => Date.now() - started },
  queueMicrotask: (task) => void Promise.resolve().then(task),
  console: { log: print, warn: print, error: print },
})
