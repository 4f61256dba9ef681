// A process that starts: imports one module, and says what that took, in ms of a core.
async function measure(module: string): Promise<number> {
  const before = process.cpuUsage()
  await import(module)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

measure(process.argv[2] ?? '').then((cost) => process.send?.(cost, () => process.disconnect()))
