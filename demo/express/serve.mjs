// How the demos of this folder listen, and end.

/** Listens on the loopback: on PORT (0: a free port), else on the `usual` port, or a free one if that is taken. */
export async function listen(server, usual) {
  const on = (port) =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject)
        resolve(server.address().port)
      })
    })
  const { PORT } = process.env
  return PORT ? on(Number(PORT)) : on(usual).catch(() => on(0))
}

/** Ends this process when it is told to, after it has closed the server and called `cleanUp`. */
export function closeOnSignal(server, cleanUp = () => {}) {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      server.close(() => {
        cleanUp()
        process.exit(0)
      })
      server.closeAllConnections()
    })
  }
}
