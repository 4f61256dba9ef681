// Starts the demo: brings the package and its copy here up to date, bundles the page, and runs the
// app with its scripted SuperTokens core on the loopback. PORT chooses the port; 0 is a free one.
import { createServer } from 'node:http'
import { bundle, prepare } from './prepare.mjs'
import { closeOnSignal, listen } from './serve.mjs'

prepare()
// What it imports is there only now.
const { createDemo } = await import('./demo.mjs')
const server = createServer(createDemo(await bundle('page/main.ts')))
const port = await listen(server, 3001)
console.log(`The Holdfast Express demo runs at http://localhost:${port}`)
closeOnSignal(server)
