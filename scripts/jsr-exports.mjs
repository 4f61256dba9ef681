/**
 * What JSR exports, and the source of each: that of production, as JSR knows no conditions. So
 * `devtools` is the empty one there, and `devtools/production` the panel.
 */
export function jsrExports(manifest) {
  const modules = Object.entries(manifest.exports).filter(([, target]) => target.default)
  return Object.fromEntries(
    modules.map(([name, target]) => [
      name,
      target.default.replace(/^\.\/dist\/(.*)\.js$/, './src/$1.ts'),
    ]),
  )
}
